//! Pictures: the shapes of a chart as SVG, or as the pixels of a PNG.

use crate::layout::{self, Anchor, Shape, Voice};
use crate::{Chart, Problem};
use core::fmt::Display;
use plotters::coord::Shift;
use plotters::prelude::{
    BitMapBackend, Circle, Color as _, DrawingArea, DrawingBackend, IntoDrawingArea as _,
    IntoFont as _, PathElement, RGBColor, Rectangle, SVGBackend, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};
use std::sync::Once;

/// A picture's size in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Across.
    pub width: u32,
    /// Down.
    pub height: u32,
}

impl Size {
    /// The size of a chart that says it, or that suits its kind and its points.
    #[must_use]
    pub fn of(chart: &Chart, width: Option<u32>, height: Option<u32>) -> Self {
        Self {
            width: width.unwrap_or(800),
            height: height.unwrap_or_else(|| layout::height(chart)),
        }
    }
}

const PAPER: RGBColor = RGBColor(255, 255, 255);
const INK: RGBColor = RGBColor(38, 43, 51);
const FAINT: RGBColor = RGBColor(110, 118, 129);
const GRID: RGBColor = RGBColor(226, 229, 233);
const VALUE: RGBColor = RGBColor(47, 111, 171);

/// The name by which viewers choose a font of their own; the PNG's letters are in the program.
const FAMILY: &str = "sans-serif";
static LETTERS: &[u8] = include_bytes!("font/Roboto-Regular.ttf");

impl Voice {
    /// Pixels of a line.
    fn size(self) -> u32 {
        match self {
            Self::Title => 22,
            Self::Label | Self::Aside => 15,
        }
    }

    fn color(self) -> RGBColor {
        match self {
            Self::Title | Self::Label => INK,
            Self::Aside => FAINT,
        }
    }
}

/// Makes the letters known to the library, once.
fn letters() {
    static KNOWN: Once = Once::new();
    // A font that is none would be refused here, and by every picture that is lettered.
    KNOWN.call_once(|| drop(register_font(FAMILY, FontStyle::Normal, LETTERS)));
}

/// How many pixels a text takes across.
pub(crate) fn text_width(text: &str, voice: Voice) -> f64 {
    letters();
    let font = (FAMILY, voice.size()).into_font();
    font.box_size(text)
        .map_or(0.0, |(width, _)| f64::from(width))
}

/// The letters of a chart's texts that a PNG has no picture of, each once; a viewer of SVG has its own.
#[must_use]
pub fn unlettered(chart: &Chart) -> String {
    use ab_glyph::Font as _;
    let Ok(font) = ab_glyph::FontRef::try_from_slice(LETTERS) else {
        return String::new();
    };
    let named = chart.title.iter().chain(&chart.axis).chain([&chart.value]);
    let points = chart.points.iter().flat_map(|p| [&p.label, &p.shown]);
    let mut missing = String::new();
    for letter in named.chain(points).flat_map(|text| text.chars()) {
        if font.glyph_id(letter).0 == 0 && !letter.is_control() && !missing.contains(letter) {
            missing.push(letter);
        }
    }
    missing
}

/// Draws a chart as the text of an SVG file.
///
/// # Errors
/// Where it does not fit, or has no axis.
pub fn svg(chart: &Chart, size: Size) -> Result<String, Problem> {
    let mut text = String::new();
    let backend = SVGBackend::with_string(&mut text, (size.width, size.height));
    drawn(chart, size, backend)?;
    Ok(text)
}

/// Draws a chart as the bytes of a PNG file.
///
/// # Errors
/// Where it does not fit, or has no axis.
pub fn png(chart: &Chart, size: Size) -> Result<Vec<u8>, Problem> {
    let pixels = size.width as usize * size.height as usize;
    let mut colors = vec![0; pixels * 3];
    let backend = BitMapBackend::with_buffer(&mut colors, (size.width, size.height));
    drawn(chart, size, backend)?;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, size.width, size.height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().map_err(why)?;
    writer.write_image_data(&colors).map_err(why)?;
    writer.finish().map_err(why)?;
    Ok(file)
}

fn why(error: impl Display) -> Problem {
    Problem::Drawing(error.to_string())
}

fn drawn<B: DrawingBackend>(chart: &Chart, size: Size, backend: B) -> Result<(), Problem> {
    letters();
    let shapes = layout::shapes(chart, size)?;
    let area = backend.into_drawing_area();
    area.fill(&PAPER).map_err(why)?;
    for shape in shapes {
        put(&area, shape)?;
    }
    area.present().map_err(why)
}

fn put<B: DrawingBackend>(area: &DrawingArea<B, Shift>, shape: Shape) -> Result<(), Problem> {
    let done = match shape {
        Shape::Block(from, to) => area.draw(&Rectangle::new([from, to], VALUE.filled())),
        Shape::Rule(from, to, ground) => {
            let color = if ground { FAINT } else { GRID };
            area.draw(&PathElement::new([from, to], color.stroke_width(1)))
        }
        Shape::Path(points) => area.draw(&PathElement::new(points, VALUE.stroke_width(2))),
        Shape::Dot(at) => area.draw(&Circle::new(at, 3, VALUE.mix(0.7).filled())),
        Shape::Text(text, at, anchor, voice) => {
            let across = match anchor {
                Anchor::Left => HPos::Left,
                Anchor::Centre => HPos::Center,
                Anchor::Right => HPos::Right,
            };
            let font = (FAMILY, voice.size()).into_font().color(&voice.color());
            area.draw(&Text::new(
                text,
                at,
                font.pos(Pos::new(across, VPos::Center)),
            ))
        }
    };
    done.map_err(why)
}
