// An adapter in Rust for a parser of UDP over IPv4: a line of JSON in, a line of JSON out.
//     rustc -O udp.rs && wireproof conform parser --adapter ./udp --select udp
// Put your own parser in place of parse(). What you do not do, answer with "unsupported".
use std::io::{self, BufRead, Write};

const UNSUPPORTED: &str = r#""unsupported":true"#;

/// The text of a key, as the runner writes it: "key":"text"; no escapes occur in ids and hexadecimal.
fn text<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let wanted = format!("\"{key}\":\"");
    let begin = line.find(&wanted)? + wanted.len();
    line[begin..].split('"').next()
}

fn rejected(layer: &str) -> String {
    format!(r#""accept":false,"layer":"{layer}","reason":"malformed""#)
}

fn word(octets: &[u8]) -> u32 {
    u32::from(octets[0]) << 8 | u32::from(octets[1])
}

fn parse(packet: &[u8]) -> String {
    if packet.len() < 20 {
        return rejected("ip");
    }
    let header = usize::from(packet[0] & 15) * 4;
    let total = word(&packet[2..]) as usize;
    if packet[0] >> 4 != 4 || header < 20 || total < header || total > packet.len() {
        return rejected("ip");
    }
    if packet[9] != 17 || word(&packet[6..]) & 0x3fff != 0 {
        return UNSUPPORTED.into(); // another protocol, or a fragment
    }
    let udp = &packet[header..total]; // what IP carries, and no padding behind it
    if udp.len() < 8 || word(&udp[4..]) < 8 || word(&udp[4..]) as usize > udp.len() {
        return rejected("udp");
    }
    let names = ["udp.srcport", "udp.dstport", "udp.length", "udp.checksum"];
    let fields: Vec<String> =
        names.iter().zip(udp.chunks(2)).map(|(name, octets)| format!(r#""{name}":[{}]"#, word(octets))).collect();
    format!(r#""accept":true,"fields":{{{}}}"#, fields.join(","))
}

fn main() {
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let (Some(id), Some(op)) = (text(&line, "id"), text(&line, "op")) else { continue };
        let octets: Option<Vec<u8>> = text(&line, "hex").filter(|_| op == "parse").map(|hex| {
            (0..hex.len() / 2).filter_map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).ok()).collect()
        });
        let said = match octets {
            Some(frame) if text(&line, "link") == Some("ipv4") => parse(&frame),
            Some(frame) if frame.len() > 14 && frame[12..14] == [8, 0] => parse(&frame[14..]),
            _ => UNSUPPORTED.into(),
        };
        println!(r#"{{"id":"{id}",{said}}}"#);
        let _ = io::stdout().flush(); // the runner waits for the answer
    }
}
