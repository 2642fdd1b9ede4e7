//! json and jsonl: an array of objects, or objects one after the other.

use super::records::{CellKind, Counted, Record, Records, Wrong, line_place};
use serde_json::value::RawValue;
use std::io::{self, BufRead};
use std::path::Path;

/// Objects looked at for their names before the first is given.
const AHEAD: usize = 1_000;

pub(super) struct Json {
    objects: Objects,
    names: Vec<String>,
    /// What was read ahead, the first one last.
    waiting: Vec<(u64, Object)>,
}

/// Names and the texts of values, in order.
type Object = Vec<(String, Box<RawValue>)>;

impl Json {
    pub(super) fn open(path: &Path) -> Result<Self, Wrong> {
        let mut objects = Objects::open(path)?;
        let (mut names, mut waiting): (Vec<String>, Vec<_>) = (Vec::new(), Vec::new());
        while waiting.len() < AHEAD {
            let Some((line, object)) = objects.next()? else {
                break;
            };
            for (name, _) in &object {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            waiting.push((line, object));
        }
        waiting.reverse();
        Ok(Self {
            objects,
            names,
            waiting,
        })
    }
}

impl Records for Json {
    fn done(&self) -> (u64, u64) {
        self.objects.file.done()
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn next(&mut self, record: &mut Record) -> Result<bool, Wrong> {
        record.clear();
        let next = match self.waiting.pop() {
            Some(next) => Some(next),
            None => self.objects.next()?,
        };
        let Some((line, object)) = next else {
            return Ok(false);
        };
        record.line = line;
        if let Some((name, _)) = object.iter().find(|(name, _)| !self.names.contains(name)) {
            let what = format!("{name} is not among the names of the first {AHEAD} objects");
            return Err(Wrong::Record(line_place(line), what));
        }
        for name in &self.names {
            let value = object.iter().rev().find(|(own, _)| own == name);
            let kind = match value.map_or("null", |(_, value)| value.get()) {
                "null" => CellKind::Null,
                text => {
                    record.text().push_str(text);
                    match text.as_bytes().first() {
                        Some(b'{' | b'[') => CellKind::Json,
                        Some(b'"') => CellKind::Text,
                        _ => CellKind::Bare,
                    }
                }
            };
            record.end(kind);
        }
        Ok(true)
    }
}

/// Objects as the file has them.
struct Objects {
    file: Counted,
    /// They stand in an array.
    array: bool,
    line: u64,
    text: Vec<u8>,
}

impl Objects {
    fn open(path: &Path) -> Result<Self, Wrong> {
        let mut made = Self {
            file: Counted::open(path)?,
            array: false,
            line: 1,
            text: Vec::new(),
        };
        if made.file.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            made.file.consume(3);
        }
        if made.peek()? == Some(b'[') {
            made.file.consume(1);
            made.array = true;
        }
        Ok(made)
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let Some(&byte) = self.file.fill_buf()?.first() else {
                return Ok(None);
            };
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.line += u64::from(byte == b'\n');
            self.file.consume(1);
        }
    }

    fn next(&mut self) -> Result<Option<(u64, Object)>, Wrong> {
        loop {
            let byte = self.peek()?;
            let line = self.line;
            match byte {
                None if self.array => {
                    return Err(Wrong::Record(
                        line_place(line),
                        "the array is not closed".into(),
                    ));
                }
                None => return Ok(None),
                Some(b',') if self.array => self.file.consume(1),
                Some(b']') if self.array => return Ok(None),
                Some(b'{') => {
                    self.object()?;
                    let text = core::str::from_utf8(&self.text)
                        .map_err(|_| Wrong::Record(line_place(line), "it is not UTF-8".into()))?;
                    let read: Result<Pairs, _> = serde_json::from_str(text);
                    let read =
                        read.map_err(|error| Wrong::Record(line_place(line), error.to_string()))?;
                    return Ok(Some((line, read.0)));
                }
                Some(_) => {
                    let what = "an object was expected here".into();
                    let mut skipped = Vec::new();
                    self.file.read_until(b'\n', &mut skipped)?;
                    self.line += 1;
                    return Err(Wrong::Record(line_place(line), what));
                }
            }
        }
    }

    /// Takes the bytes of an object up to the brace that closes it.
    fn object(&mut self) -> io::Result<()> {
        self.text.clear();
        let (mut depth, mut string, mut escaped) = (0_u64, false, false);
        loop {
            let buffer = self.file.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let mut used = 0;
            for &byte in buffer {
                used += 1;
                self.line += u64::from(byte == b'\n');
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if string => escaped = true,
                    b'"' => string = !string,
                    b'{' | b'[' if !string => depth += 1,
                    b'}' | b']' if !string => depth -= 1,
                    _ => continue,
                }
                if depth == 0 {
                    break;
                }
            }
            self.text.extend_from_slice(&buffer[..used]);
            self.file.consume(used);
            if depth == 0 {
                return Ok(());
            }
        }
    }
}

/// The members of an object in their order, which a map would lose.
struct Pairs(Object);

impl<'de> serde::Deserialize<'de> for Pairs {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> serde::de::Visitor<'de> for Visit {
            type Value = Pairs;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Pairs, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    all.push(entry);
                }
                Ok(Pairs(all))
            }
        }
        from.deserialize_map(Visit)
    }
}
