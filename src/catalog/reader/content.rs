//! What an app says of its content, and from which age on that suits.
//!
//! Attributes and ages are those of the Open Age Ratings Service 1.1 as AppStream maps them to the advice of Common Sense Media
//! (<https://hughsie.github.io/oars/>, `as_content_rating_attribute_to_csm_age`).

use cairn_model::app::details::Intensity;

/// Attribute → age for mild, moderate and intense.
const AGES: [(&str, [u8; 3]); 28] = [
    ("violence-cartoon", [3, 4, 6]),
    ("violence-fantasy", [3, 7, 8]),
    ("violence-realistic", [4, 9, 14]),
    ("violence-bloodshed", [9, 11, 18]),
    ("violence-sexual", [18, 18, 18]),
    ("violence-worship", [13, 15, 18]),
    ("violence-desecration", [13, 15, 18]),
    ("violence-slavery", [13, 15, 18]),
    ("drugs-alcohol", [11, 13, 16]),
    ("drugs-narcotics", [12, 14, 17]),
    ("drugs-tobacco", [10, 13, 13]),
    ("sex-nudity", [12, 14, 14]),
    ("sex-themes", [13, 14, 15]),
    ("sex-homosexuality", [13, 14, 15]),
    ("sex-prostitution", [12, 14, 18]),
    ("sex-adultery", [8, 10, 18]),
    ("sex-appearance", [10, 10, 15]),
    ("language-profanity", [8, 11, 14]),
    ("language-humor", [3, 8, 14]),
    ("language-discrimination", [9, 10, 11]),
    ("money-advertising", [7, 8, 10]),
    ("money-gambling", [7, 10, 18]),
    ("money-purchasing", [12, 14, 15]),
    ("social-chat", [4, 10, 13]),
    ("social-audio", [15, 15, 15]),
    ("social-contacts", [12, 12, 12]),
    ("social-info", [0, 13, 13]),
    ("social-location", [13, 13, 13]),
];

/// The youngest age that all of it suits.
pub(crate) fn age(content: &[(String, Intensity)]) -> u8 {
    content.iter().map(|(name, intensity)| single(name, *intensity)).max().unwrap_or(0)
}

fn single(name: &str, intensity: Intensity) -> u8 {
    let column = match intensity {
        Intensity::None => return 0,
        Intensity::Mild => 0,
        Intensity::Moderate => 1,
        Intensity::Intense => 2,
    };
    AGES.iter().find(|(known, _)| *known == name).map_or(0, |(_, ages)| ages[column])
}

/// The word of the attribute's text.
pub(super) fn intensity(word: &str) -> Option<Intensity> {
    match word.trim() {
        "none" => Some(Intensity::None),
        "mild" => Some(Intensity::Mild),
        "moderate" => Some(Intensity::Moderate),
        "intense" => Some(Intensity::Intense),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_statement_counts() {
        let content = vec![
            ("violence-cartoon".to_owned(), Intensity::Intense),
            ("social-chat".to_owned(), Intensity::Moderate),
            ("unheard-of".to_owned(), Intensity::Intense),
        ];
        assert_eq!(age(&content), 10);
        assert_eq!(age(&[]), 0);
        assert!(AGES.iter().all(|(_, a)| a.is_sorted()));
    }
}
