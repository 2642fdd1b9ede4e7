//! Colours for terminals that have fewer of them.

use ratatui::style::Color;

/// The first sixteen, as xterm shows them.
const BASE: [[i32; 3]; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

/// The levels of the cube of 6 by 6 by 6.
const LEVELS: [i32; 6] = [0, 95, 135, 175, 215, 255];

/// A colour's place among 256.
pub(crate) fn index(color: Color) -> i32 {
    match color {
        Color::Black | Color::Reset => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        Color::Indexed(index) => index.into(),
        Color::Rgb(red, green, blue) => nearest(red, green, blue),
    }
}

fn parts(index: i32) -> [i32; 3] {
    match index {
        0..=15 => BASE[usize::try_from(index).unwrap_or(0)],
        232.. => [8 + 10 * (index - 232); 3],
        _ => {
            let cube = index - 16;
            [cube / 36, cube / 6 % 6, cube % 6].map(|at| LEVELS[usize::try_from(at).unwrap_or(0)])
        }
    }
}

fn distance(one: [i32; 3], other: [i32; 3]) -> i32 {
    one.iter().zip(other).map(|(a, b)| (a - b).pow(2)).sum()
}

/// A place among 256 as the number that a terminal of direct colours takes.
pub(crate) fn direct(index: i32) -> i32 {
    let [red, green, blue] = parts(index);
    red << 16 | green << 8 | blue
}

/// The nearest of the cube and the greys.
pub(crate) fn nearest(red: u8, green: u8, blue: u8) -> i32 {
    let wanted = [red, green, blue].map(i32::from);
    let near = (16..256).min_by_key(|&index| distance(parts(index), wanted));
    near.unwrap_or(0)
}

/// The nearest among the first 8 or 16, and whether bold makes it bright.
pub(crate) fn among(index: i32, colors: i32) -> (i32, bool) {
    let near = match index {
        0..=15 => index,
        _ => {
            let wanted = parts(index);
            let near = (0..16).min_by_key(|&index| distance(parts(index), wanted));
            near.unwrap_or(0)
        }
    };
    match colors {
        16.. => (near, false),
        _ => (near & 7, near >= 8),
    }
}

#[cfg(test)]
mod tests {
    use super::{among, nearest};

    #[test]
    fn colours_have_neighbours() {
        assert_eq!(nearest(255, 255, 255), 231);
        assert_eq!(nearest(8, 8, 8), 232);
        assert_eq!(among(231, 16), (15, false));
        assert_eq!(among(10, 8), (2, true));
        assert_eq!(among(2, 8), (2, false));
    }
}
