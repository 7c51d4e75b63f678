// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// The schemas of Open mHealth and IEEE 1752.1 that exports are checked against.
public enum InteropSchemas {
    public static let folder = SharedData.folder?.appending(path: "formats/interop")

    public static let library: JSONSchemaLibrary? = {
        guard let folder else { return nil }
        var library = JSONSchemaLibrary()
        try? library.add(folder.appending(path: "openmhealth/schema/omh"), as: "omh")
        try? library.add(
            folder.appending(path: "ieee1752-omh-jupyterhealth/schema/ieee"), as: "ieee")
        return library.isEmpty ? nil : library
    }()

    public static let isPresent = library != nil

    /// What is wrong with a data point: its header by the header's schema, its body by the one named.
    public static func problems(inPoint point: JSONValue) -> [String] {
        guard let library, let header = point["header"], let body = point["body"] else {
            return ["no header or no body"]
        }
        guard case .text(let space)? = header["schema_id"]?["namespace"],
            case .text(let name)? = header["schema_id"]?["name"],
            case .text(let version)? = header["schema_id"]?["version"]
        else { return ["no schema id"] }
        guard let own = library.check("\(name)-\(version).json", in: space) else {
            return ["the schema \(space):\(name):\(version) does not exist"]
        }
        let headerName = space == "omh" ? "header-1.2.json" : "header-1.0.json"
        let pointSchema = library.check("data-point-1.0.json", in: space)
        let headerSchema = library.check(headerName, in: space)
        return (pointSchema?.problems(in: point) ?? ["no schema of points"])
            + (headerSchema?.problems(in: header) ?? ["no schema of headers"])
            + own.problems(in: body)
    }
}
