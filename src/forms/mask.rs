//! Masks: what each character of a text must be while it is typed.

/// What a place of a mask takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// `9` or `#`: a digit.
    Digit,
    /// `A`: a letter.
    Letter,
    /// `!`: a letter, which becomes a capital.
    Capital,
    /// `N`: a letter or a digit.
    Either,
    /// `X`: any character.
    Any,
    /// This one; `\` before it where it means something else.
    Fixed(char),
}

fn places(mask: &str) -> Vec<Place> {
    let mut letters = mask.chars();
    let mut places = Vec::new();
    while let Some(c) = letters.next() {
        places.push(match c {
            '9' | '#' => Place::Digit,
            'A' => Place::Letter,
            '!' => Place::Capital,
            'N' => Place::Either,
            'X' => Place::Any,
            '\\' => Place::Fixed(letters.next().unwrap_or('\\')),
            c => Place::Fixed(c),
        });
    }
    places
}

/// A text in the form of a mask: what is fixed there may be left out. A text that ends before the mask does is whole
/// as far as it goes.
///
/// # Errors
/// Where it has something else, or more; the words follow "must".
pub fn masked(mask: &str, text: &str) -> Result<String, String> {
    let refused = || format!("look like {mask}");
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    for place in places(mask) {
        let Some(&c) = rest.peek() else { break };
        let fits = match place {
            Place::Digit => c.is_ascii_digit(),
            Place::Letter | Place::Capital => c.is_alphabetic(),
            Place::Either => c.is_alphanumeric(),
            Place::Any => true,
            Place::Fixed(fixed) => {
                out.push(fixed);
                if c == fixed {
                    rest.next();
                }
                continue;
            }
        };
        if !fits {
            return Err(refused());
        }
        match place {
            Place::Capital => out.extend(c.to_uppercase()),
            _ => out.push(c),
        }
        rest.next();
    }
    match rest.next() {
        None => Ok(out),
        Some(_) => Err(refused()),
    }
}

/// True where a text fills a mask to its end.
pub(crate) fn is_whole(mask: &str, text: &str) -> bool {
    masked(mask, text).is_ok_and(|masked| masked == text) && {
        text.chars().count() == places(mask).len()
    }
}

#[cfg(test)]
mod tests {
    use super::{is_whole, masked};

    #[test]
    fn a_mask_takes_what_it_shows() {
        let read = |mask: &str, text: &str| masked(mask, text).unwrap_or_else(|must| must);
        assert_eq!(read("99/99/9999", "31122024"), "31/12/2024");
        assert_eq!(read("99/99/9999", "31/12/2024"), "31/12/2024");
        assert_eq!(read("99/99/9999", "31/1"), "31/1");
        assert_eq!(read("!!-999", "ab1"), "AB-1");
        assert_eq!(read("AAA", "a1"), "look like AAA");
        assert_eq!(read("99", "123"), "look like 99");
        assert_eq!(read("\\9-9", "5"), "9-5");
        assert!(
            is_whole("!!-999", "AB-123")
                && !is_whole("!!-999", "AB-12")
                && !is_whole("!!-999", "ab-123")
        );
    }
}
