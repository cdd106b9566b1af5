//! A larger catalogue out of a real one.

/// The catalogue with so many apps and other components: those that are there, again and again with other ids.
pub fn to(xml: &str, count: usize) -> String {
    let mut parts = xml.split("<component ");
    let head = parts.next().unwrap_or_default();
    let components: Vec<&str> = parts.map(|p| p.split("</components>").next().unwrap_or_default()).collect();
    let components: Vec<&str> = components.into_iter().filter(|c| c.contains("-application\"")).collect();
    let mut out = String::from(head);
    for number in 0..count {
        let component = components[number % components.len()];
        out.push_str("<component ");
        match number / components.len() {
            0 => out.push_str(component),
            round => out.push_str(&component.replacen("</id>", &format!("_{round}</id>"), 1)),
        }
    }
    out.push_str("</components>\n");
    out
}
