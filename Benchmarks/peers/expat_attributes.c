// SPDX-License-Identifier: Apache-2.0
// Parses an XML file with expat and looks at four attributes of each Record, as the product does.
#include <expat.h>
#include <stdio.h>
#include <string.h>

static long records, bytes;

static void start(void *data, const char *name, const char **attributes) {
    (void)data;
    if (strcmp(name, "Record") != 0) return;
    records++;
    for (int i = 0; attributes[i]; i += 2)
        if (!strcmp(attributes[i], "type") || !strcmp(attributes[i], "value") ||
            !strcmp(attributes[i], "startDate") || !strcmp(attributes[i], "endDate"))
            bytes += (long)strlen(attributes[i + 1]);
}

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    FILE *file = fopen(argv[1], "rb");
    if (!file) return 65;
    XML_Parser parser = XML_ParserCreate(NULL);
    XML_SetStartElementHandler(parser, start);
    static char buffer[1 << 20];
    size_t count;
    while ((count = fread(buffer, 1, sizeof buffer, file)) > 0)
        if (XML_Parse(parser, buffer, (int)count, 0) == XML_STATUS_ERROR) return 1;
    if (XML_Parse(parser, buffer, 0, 1) == XML_STATUS_ERROR) return 1;
    printf("records %ld bytes %ld\n", records, bytes);
    return 0;
}
