//! Mock windows: what the screenshots of the shop's apps show, drawn as SVG in each app's colours.

use super::metainfo::escape;
use super::picture::LARGE;
use super::shop::{App, Screen};
use std::fmt::Write;

/// Where the window's content begins, below its header bar.
const TOP: i32 = 132;
const LEFT: i32 = 96;
const WIDTH: i32 = 1056;
const BOTTOM: i32 = 716;

/// The colours of one picture.
struct Look {
    /// Behind the window.
    around: String,
    accent: String,
    ground: &'static str,
    card: &'static str,
    ink: &'static str,
}

impl Look {
    /// The second picture is the dark one.
    fn of(app: &App, index: usize) -> Self {
        // What is meant for a dark ground stands out on a light one, and the other way round.
        let [light, dark] = app.colors.clone();
        if index == 1 {
            Self { around: dark, accent: light, ground: "#242428", card: "#36363a", ink: "#f6f5f4" }
        } else {
            Self { around: light, accent: dark, ground: "#fafafb", card: "#ebebed", ink: "#2e3436" }
        }
    }
}

/// The `index`th picture of an app.
pub(super) fn window(app: &App, screen: Screen, index: usize) -> String {
    let look = Look::of(app, index);
    let (width, height) = LARGE;
    let caption = app.english().captions.get(index).map(String::as_str).unwrap_or_default();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\"><rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\" opacity=\"0.3\"/>",
        look.around
    );
    // The shadow, then the window.
    rect(&mut svg, [LEFT - 4, 72, WIDTH + 8, 656], 18, "#000", 0.10);
    rect(&mut svg, [LEFT, 64, WIDTH, 652], 16, look.ground, 1.0);
    words(&mut svg, (624, 104), 20, look.ink, "middle", caption);
    for (x, opacity) in [(120, 0.9), (1096, 0.35)] {
        rect(&mut svg, [x, 84, 32, 32], 10, &look.accent, opacity);
    }
    match screen {
        Screen::Gallery => gallery(&mut svg, &look, index),
        Screen::Document => document(&mut svg, &look, index),
        Screen::List => list(&mut svg, &look, index),
        Screen::Player => player(&mut svg, &look, app, index),
        Screen::Chart => chart(&mut svg, &look, index),
        Screen::Game => game(&mut svg, &look, index),
    }
    svg.push_str("</svg>\n");
    svg
}

fn gallery(svg: &mut String, look: &Look, index: usize) {
    let (columns, rows) = [(4, 3), (3, 2), (5, 4)][index % 3];
    let (width, height) = ((WIDTH - 48) / columns, (BOTTOM - TOP - 24) / rows);
    for at in 0..columns * rows {
        let (x, y) = (LEFT + 24 + at % columns * width, TOP + 12 + at / columns * height);
        let frame = [x + 6, y + 6, width - 12, height - 12];
        rect(svg, frame, 12, &look.accent, 0.18 + 0.08 * f64::from(at * 5 % 8));
        let (sun, hill) = (height / 9 + 4, y + height - 6);
        let _ = write!(
            svg,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{sun}\" fill=\"#fff\" opacity=\"0.7\"/>\
             <path d=\"M{} {hill} l{} -{} l{} {} z\" fill=\"{}\" opacity=\"0.35\"/>",
            x + width * (2 + at % 3) / 6,
            y + height / 3,
            x + 12,
            (width - 24) / 2,
            height / 2 - at % 3 * 9,
            (width - 24) / 2,
            height / 2 - at % 3 * 9,
            look.ink
        );
    }
}

fn document(svg: &mut String, look: &Look, index: usize) {
    let (x, width) = if index == 2 { (LEFT + 80, WIDTH - 160) } else { (LEFT + 220, WIDTH - 440) };
    rect(svg, [x, TOP + 12, width, BOTTOM - TOP - 12], 6, look.card, 1.0);
    rect(svg, [x + 48, TOP + 56, width / 2, 28], 8, &look.accent, 1.0);
    for line in 0..13 {
        let short = if line % 5 == 4 { width / 3 } else { line * 37 % 60 };
        let y = TOP + 116 + line * 32 + line / 5 * 18;
        rect(svg, [x + 48, y, width - 96 - short, 11], 5, look.ink, 0.22);
    }
    if index == 1 {
        rect(svg, [x + 44, TOP + 206, width - 160, 24], 6, &look.accent, 0.35);
    }
}

fn list(svg: &mut String, look: &Look, index: usize) {
    let side = if index == 2 { 0 } else { 280 };
    if side > 0 {
        rect(svg, [LEFT, TOP, side, BOTTOM - TOP], 12, look.card, 0.7);
        for at in 0..8 {
            let y = TOP + 24 + at * 52;
            if at == 1 {
                rect(svg, [LEFT + 12, y - 12, side - 24, 44], 10, &look.accent, 0.25);
            }
            rect(svg, [LEFT + 28, y, 20, 20], 10, &look.accent, 0.9);
            rect(svg, [LEFT + 62, y + 4, 90 + at * 29 % 80, 12], 6, look.ink, 0.4);
        }
    }
    for at in 0..7 {
        let y = TOP + 16 + at * 80;
        let width = WIDTH - side - 64;
        rect(svg, [LEFT + side + 32, y, width, 68], 12, look.card, 1.0);
        let _ = write!(
            svg,
            "<circle cx=\"{}\" cy=\"{}\" r=\"20\" fill=\"{}\" opacity=\"{}\"/>",
            LEFT + side + 68,
            y + 34,
            look.accent,
            0.35 + 0.09 * f64::from(at * 3 % 7)
        );
        rect(svg, [LEFT + side + 108, y + 18, 160 + at * 47 % 150, 13], 6, look.ink, 0.65);
        rect(svg, [LEFT + side + 108, y + 40, 260 + at * 83 % 170, 10], 5, look.ink, 0.25);
        rect(svg, [LEFT + side + width - 64, y + 22, 72, 24], 12, &look.accent, 0.8);
    }
}

fn player(svg: &mut String, look: &Look, app: &App, index: usize) {
    let (x, size) = if index == 2 { (LEFT + 60, 300) } else { (624 - 180, 360) };
    rect(svg, [x, TOP + 24, size, size], 20, &look.accent, 0.3);
    // The app's own icon is its cover.
    let _ = write!(
        svg,
        "<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" viewBox=\"0 0 128 128\">{}</svg>",
        x + size / 6,
        TOP + 24 + size / 6,
        size * 2 / 3,
        size * 2 / 3,
        app.drawing
    );
    if index == 2 {
        for at in 0..7 {
            rect(svg, [LEFT + 420, TOP + 40 + at * 48, 320 + at * 61 % 200, 14], 7, look.ink, 0.45);
            rect(svg, [LEFT + 940, TOP + 40 + at * 48, 52, 14], 7, look.ink, 0.2);
        }
    }
    for at in 0..66 {
        let height = 12 + (at * 37 % 23 + at * 11 % 17) * 2;
        let opacity = if at < 28 { 1.0 } else { 0.35 };
        rect(svg, [LEFT + 100 + at * 13, 590 - height / 2, 7, height], 3, &look.accent, opacity);
    }
    for (x, size) in [(540, 44), (624, 64), (708, 44)] {
        rect(svg, [x - size / 2, 668 - size / 2, size, size], size / 2, &look.accent, 1.0);
    }
}

fn chart(svg: &mut String, look: &Look, index: usize) {
    for at in 0..3 {
        let x = LEFT + 32 + at * 336;
        rect(svg, [x, TOP + 12, 320, 110], 14, look.card, 1.0);
        rect(svg, [x + 24, TOP + 36, 100, 12], 6, look.ink, 0.3);
        rect(svg, [x + 24, TOP + 64, 160 + at * 40, 32], 8, &look.accent, 0.9);
    }
    rect(svg, [LEFT + 32, TOP + 146, WIDTH - 64, 410], 14, look.card, 1.0);
    let mut path = String::new();
    for at in 0..12 {
        let height = 60 + (at * 71 + index as i32 * 53) % 230;
        let (x, y) = (LEFT + 66 + at * 80, TOP + 520 - height);
        if index == 1 {
            let _ = write!(path, "{}{} {}", if at == 0 { "M" } else { " L" }, x + 25, y);
        } else {
            rect(svg, [x, y, 50, height], 10, &look.accent, 0.45 + 0.05 * f64::from(at % 8));
        }
    }
    let _ = write!(
        svg,
        "<path d=\"{path}\" fill=\"none\" stroke=\"{}\" stroke-width=\"10\" stroke-linejoin=\"round\" \
         stroke-linecap=\"round\"/>",
        look.accent
    );
}

fn game(svg: &mut String, look: &Look, index: usize) {
    let (columns, size) = [(9, 60), (7, 78), (11, 50)][index % 3];
    let rows = 540 / size;
    let x0 = 624 - columns * size / 2;
    for at in 0..columns * rows {
        let (x, y) = (x0 + at % columns * size, TOP + 20 + at / columns * size);
        let kind = (at * at * 3 + at * 7 + at / columns * 5 + index as i32) % 11 % 6;
        rect(svg, [x + 3, y + 3, size - 6, size - 6], size / 5, look.card, 1.0);
        let opacity = 0.3 + 0.14 * f64::from(kind);
        if kind % 2 == 0 {
            let half = size / 2;
            let _ = write!(
                svg,
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" opacity=\"{opacity:.2}\"/>",
                x + half,
                y + half,
                size / 4,
                look.accent
            );
        } else if kind != 5 {
            rect(svg, [x + size / 4, y + size / 4, size / 2, size / 2], size / 8, &look.accent, opacity);
        }
    }
}

fn rect(svg: &mut String, [x, y, width, height]: [i32; 4], radius: i32, fill: &str, opacity: f64) {
    let _ = write!(
        svg,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\" fill=\"{fill}\" \
         opacity=\"{opacity:.2}\"/>"
    );
}

fn words(svg: &mut String, (x, y): (i32, i32), size: i32, fill: &str, anchor: &str, text: &str) {
    let _ = write!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" font-family=\"Cantarell, sans-serif\" font-weight=\"700\" font-size=\"{size}\" \
         text-anchor=\"{anchor}\" fill=\"{fill}\">{}</text>",
        escape(text)
    );
}
