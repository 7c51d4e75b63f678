// SPDX-License-Identifier: Apache-2.0

/// The look of the HTML report. Colours are variables: a light set, a dark set, and print, which is
/// always light. Text reaches a contrast of 4.5 on its background in each, marks reach 3.
enum Stylesheet {
    static let css: Markup = """
        :root {
        \(light)}
        @media (prefers-color-scheme: dark) {
        :root {
        \(dark)}
        }
        \(base)\(verdict)\(facts)\(figures)\(vitals)\(tables)\(phone)\(print)
        """

    private static let light: Markup = """
        color-scheme: light;
        --paper: #fbf9f5; --ink: #26221d; --soft: #6a6157; --line: #e3dccf; --faint: #f1ece2;
        --band: #e6dfcd; --median: #b3a688; --trace: #6d7780;
        --ok: #2d6a4d; --off: #a5400f; --off-paper: #faeadf; --none: #8c8376;
        --wake: #c9702f; --rem: #8a66ad; --light: #5b8fc0; --deep: #2b4f80; --asleep: #4a7fb2;

        """

    private static let dark: Markup = """
        color-scheme: dark;
        --paper: #181614; --ink: #ece6dc; --soft: #ada497; --line: #37322c; --faint: #221f1c;
        --band: #35312a; --median: #7d725d; --trace: #a3adb5;
        --ok: #86c9a4; --off: #f29a6b; --off-paper: #33231a; --none: #8d8478;
        --wake: #e08f52; --rem: #b496d6; --light: #7fb0dd; --deep: #5b83bd; --asleep: #7fb0dd;

        """

    private static let base: Markup = """
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body { margin: 0; background: var(--paper); color: var(--ink);
        font: 400 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial,
        sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        main, footer { max-width: 47rem; margin: 0 auto; padding: 0 1.5rem; }
        section { margin: 3.25rem 0 0; }
        h1, h2 { font-family: ui-serif, "New York", "Iowan Old Style", "Palatino Linotype", Palatino,
        Georgia, serif; font-weight: 500; text-wrap: balance; }
        h2 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 1rem; padding: 0 0 .5rem;
        border-bottom: 1px solid var(--line); }
        h3 { font-size: 1rem; font-weight: 600; line-height: 1.35; margin: 1.75rem 0 .5rem; }
        p { margin: 0 0 .75rem; max-width: 38rem; }
        .aside { font: 400 .9375rem/1.3 system-ui, -apple-system, "Segoe UI", Roboto,
        "Helvetica Neue", Arial, sans-serif; color: var(--soft); margin-left: .5rem; }
        .note { color: var(--soft); font-size: .875rem; }
        .missing { color: var(--soft); font-size: .9375rem; font-style: italic; }
        .unit { color: var(--soft); font-size: .75em; font-weight: 400; }
        .piece { display: inline-block; }
        abbr { text-decoration: none; }
        footer { margin-top: 3.25rem; padding-top: 1rem; padding-bottom: 2.5rem; color: var(--soft);
        font-size: .875rem; }
        footer p { max-width: none; }
        footer p:first-child { border-top: 1px solid var(--line); padding-top: 1rem; }
        .spoken { position: absolute; width: 1px; height: 1px; overflow: hidden;
        clip-path: inset(50%); white-space: nowrap; }

        """

    private static let verdict: Markup = """
        .verdict { padding-top: 3.5rem; }
        .when { color: var(--soft); margin: 0 0 .75rem; }
        h1 { font-size: clamp(1.625rem, 5.2vw, 2.375rem); line-height: 1.22; margin: 0;
        letter-spacing: -.01em; display: flex; align-items: baseline; gap: .42em; }
        .mark { width: .66em; height: .66em; flex: none; fill: var(--ok); }
        .mark .open { fill: none; stroke: var(--none); stroke-width: 2.5; }
        .signals-off .mark { fill: var(--off); }
        .alert { margin: 1.25rem 0 0; padding: .75rem 1rem; border-left: 4px solid var(--off);
        background: var(--off-paper); max-width: none; }
        .alert strong, .signals .arrow, .vital.off strong { color: var(--off); }
        .signals { list-style: none; margin: 1.25rem 0 0; padding: 0; }
        .signals li { padding: .25rem 0; display: grid; grid-template-columns: 1.75rem 1fr; }
        .signals .arrow { font-size: .875em; line-height: 1.75; }
        .progress { margin: 1.25rem 0 0; max-width: 30rem; }
        .progress p { color: var(--soft); font-size: .9375rem; margin: .5rem 0 0; }
        .track { fill: var(--line); } .done { fill: var(--ok); }

        """

    private static let facts: Markup = """
        .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr));
        gap: 1.25rem 1.5rem; margin: 0 0 1.75rem; }
        .facts dt { color: var(--soft); font-size: .875rem; line-height: 1.35; }
        .facts dd { margin: .125rem 0 0; }
        .facts .value { font-size: 1.375rem; line-height: 1.3; white-space: nowrap; }
        .usual strong { color: var(--ink); font-weight: 600; }
        .usual { display: block; color: var(--soft); font-size: .8125rem; line-height: 1.4; }

        """

    private static let figures: Markup = """
        figure { margin: 0; }
        .plot { display: grid; grid-template-columns: auto 1fr; column-gap: .75rem; }
        .levels { color: var(--soft); font-size: .8125rem; min-width: 3rem; }
        .levels span { display: block; height: 30px; line-height: 30px; text-align: right; }
        svg { display: block; overflow: visible; }
        li svg { display: inline-block; }
        .rule { stroke: var(--line); } .hour { stroke: var(--line); stroke-dasharray: 1 3; }
        .step { stroke: var(--trace); stroke-opacity: .55; }
        .tick { fill: var(--soft); font-size: .8125rem; text-anchor: middle; }
        .gap { fill: var(--faint); }
        .s-wake { fill: var(--wake); } .s-rem { fill: var(--rem); } .s-light { fill: var(--light); }
        .s-deep { fill: var(--deep); } .s-asleep { fill: var(--asleep); }
        .s-in-bed { fill: var(--none); }
        .s-unscored { fill: var(--faint); stroke: var(--none); stroke-dasharray: 2 2; }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem;
        margin: .875rem 0 .5rem; padding: 0; font-size: .875rem; }
        .legend span { color: var(--soft); }
        .legend svg { vertical-align: -.12em; margin-right: .25rem; }
        figcaption .note { margin: 0; }
        .tags { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1rem;
        padding: 0; }
        .tags li { border: 1px solid var(--line); border-radius: 1rem; padding: .125rem .75rem; }

        """

    private static let vitals: Markup = """
        .vitals { list-style: none; margin: 0; padding: 0; }
        .vital { display: grid; grid-template-columns: minmax(0, 1fr) 16rem; column-gap: 1.5rem;
        grid-template-areas: "name spark" "reading spark" "against spark"; align-items: start;
        padding: 1.125rem 0; border-bottom: 1px solid var(--line); break-inside: avoid; }
        .vital:first-child { padding-top: 0; }
        .vital h3 { grid-area: name; margin: 0; font-weight: 400; color: var(--soft);
        font-size: .9375rem; }
        .reading { grid-area: reading; margin: 0; }
        .reading .value { font-size: 1.75rem; line-height: 1.25; }
        .vital.off .value { font-weight: 600; }
        .against { grid-area: against; margin: .125rem 0 0; font-size: .875rem; color: var(--soft);
        line-height: 1.45; }
        .spark { grid-area: spark; align-self: center; }
        .band { fill: var(--band); } .median { stroke: var(--median); stroke-dasharray: 2 3; }
        .trace { fill: none; stroke: var(--trace); stroke-width: 1.5; stroke-linejoin: round;
        stroke-linecap: round;
        vector-effect: non-scaling-stroke; }
        .outside { fill: var(--paper); stroke: var(--off); stroke-width: 1.5; }
        .now { fill: var(--ink); stroke: var(--paper); stroke-width: 2; paint-order: stroke; }
        .now.off { fill: var(--off); }
        .nights { list-style: none; display: grid; grid-template-columns: repeat(28, 1fr); gap: 3px;
        margin: 1rem 0 0; padding: 0; font-size: .75rem; }
        .nights li { min-width: 0; position: relative; }
        .cell { display: block; text-align: center; line-height: 1.75rem; border-radius: 3px;
        background: var(--faint); color: var(--soft); }
        .date { display: block; margin-top: .25rem; color: var(--soft); white-space: nowrap; }
        .date.row { display: none; }
        .n1 .cell { background: var(--off-paper); color: var(--off); }
        .n2 .cell, .n3 .cell { background: var(--off); color: var(--paper); font-weight: 600; }
        .none .cell { background: none; }

        """

    private static let tables: Markup = """
        .hints { margin: 0; padding-left: 1.125rem; max-width: 38rem; }
        .hints li { margin: .25rem 0; }
        table { width: 100%; border-collapse: collapse; font-size: .875rem; line-height: 1.4; }
        th, td { text-align: left; vertical-align: top; padding: .4375rem .75rem .4375rem 0;
        border-bottom: 1px solid var(--line); font-weight: 400; }
        th:last-child, td:last-child { padding-right: 0; }
        th { min-width: 4.5rem; } .short { white-space: nowrap; }
        td, thead th { overflow-wrap: normal; } td bdi, code { overflow-wrap: anywhere; }
        thead th { color: var(--soft); font-size: .8125rem; }
        .number { text-align: right; padding-right: 1.5rem; }
        td.number { overflow-wrap: anywhere; }
        .unused, .unused th { color: var(--soft); }
        .why { display: block; color: var(--soft); }
        code { font: .8125rem ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
        tr { break-inside: avoid; }

        """

    private static let phone: Markup = """
        @media (max-width: 40rem) {
        main, footer { padding: 0 1.125rem; }
        section { margin-top: 2.5rem; }
        .verdict { padding-top: 1.75rem; }
        .facts { grid-template-columns: 1fr 1fr; gap: 1rem; }
        .facts .value { font-size: 1.25rem; }
        .tick.minor { display: none; }
        .vital { grid-template-columns: minmax(0, 1fr) auto; column-gap: 1rem;
        grid-template-areas: "name reading" "against against" "spark spark"; align-items: baseline; }
        .vital.empty { grid-template-areas: "name name" "reading reading" "spark spark"; }
        .reading .value { font-size: 1.375rem; }
        .spark { margin-top: .625rem; }
        .nights { grid-template-columns: repeat(14, 1fr); }
        .date { display: none; }
        th, td { padding-right: .5rem; min-width: 2.75rem; } .number { padding-right: 1rem; }
        .nights li:nth-child(14n + 1) .date.row { display: block; }
        .aside { display: block; margin: .125rem 0 0; }
        table.made thead { display: none; }
        table.made tr { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem;
        padding: .5rem 0; border-bottom: 1px solid var(--line); }
        table.made th, table.made td { border: 0; padding: 0; }
        table.made td { color: var(--soft); }
        table.made td:nth-child(2) { text-align: right; }
        }

        """

    private static let print: Markup = """
        @media print {
        :root {
        \(light)--paper: #fff;
        }
        @page { margin: 16mm 15mm; }
        html { font-size: 9.5pt; }
        body { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        main, footer { max-width: none; padding: 0; }
        footer { margin-top: 1.25rem; break-inside: avoid; }
        .vital { padding: .75rem 0; } .facts { gap: .75rem 1.5rem; margin-bottom: 1.25rem; }
        section { margin-top: 1.75rem; }
        .verdict { padding-top: 0; }
        h2, h3 { break-after: avoid; }
        figure, .facts, .nights { break-inside: avoid; }
        }

        """
}
