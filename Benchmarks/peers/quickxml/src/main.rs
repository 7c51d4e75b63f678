// SPDX-License-Identifier: Apache-2.0
// Parses an XML file with quick-xml and looks at four attributes of each Record, as the product does.
use quick_xml::events::Event;
use quick_xml::Reader;

fn main() {
    let path = std::env::args().nth(1).expect("usage: quickxml-attributes FILE");
    let mut reader = Reader::from_file(path).expect("the file opens");
    reader.check_end_names(false);
    let (mut records, mut bytes) = (0u64, 0u64);
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) => break,
            Ok(Event::Start(element)) | Ok(Event::Empty(element)) => {
                if element.name().as_ref() == b"Record" {
                    records += 1;
                    for attribute in element.attributes().with_checks(false).flatten() {
                        match attribute.key.as_ref() {
                            b"type" | b"value" | b"startDate" | b"endDate" => {
                                bytes += attribute.value.len() as u64
                            }
                            _ => {}
                        }
                    }
                }
            }
            Ok(_) => {}
            Err(error) => panic!("{error}"),
        }
        buffer.clear();
    }
    println!("records {records} bytes {bytes}");
}
