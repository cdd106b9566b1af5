//! The attributes of the Open Age Ratings Service 1.1 in words.

use crate::fill;
use cairn_model::app::details::Intensity;
use gettextrs::gettext;

/// `realistic violence (strong)`; an attribute that is not known as it stands.
pub fn attribute(id: &str, much: Intensity) -> String {
    let what = shown(id).or_else(|| met(id)).unwrap_or_else(|| id.to_owned());
    // What one can do with others or pay for is there or not; only what is shown can be mild or strong.
    let template = match much {
        Intensity::Mild if shown(id).is_some() => gettext("{what} (mild)"),
        Intensity::Intense if shown(id).is_some() => gettext("{what} (strong)"),
        _ => return what,
    };
    fill(&template, &[("what", &what)])
}

/// What is to be seen or heard.
fn shown(id: &str) -> Option<String> {
    Some(match id {
        "violence-cartoon" => gettext("violence among cartoon figures"),
        "violence-fantasy" => gettext("violence in a fantasy world"),
        "violence-realistic" => gettext("realistic violence"),
        "violence-bloodshed" => gettext("blood"),
        "violence-sexual" => gettext("sexual violence"),
        "violence-desecration" => gettext("disrespect for the dead"),
        "violence-slavery" => gettext("slavery"),
        "violence-worship" => gettext("disrespect for places of worship"),
        "drugs-alcohol" => gettext("alcohol"),
        "drugs-narcotics" => gettext("drugs"),
        "drugs-tobacco" => gettext("smoking"),
        "sex-nudity" => gettext("nudity"),
        "sex-themes" => gettext("sexual themes"),
        "sex-homosexuality" => gettext("homosexuality"),
        "sex-prostitution" => gettext("prostitution"),
        "sex-adultery" => gettext("adultery"),
        "sex-appearance" => gettext("sexualised characters"),
        "language-profanity" => gettext("swearing"),
        "language-humor" => gettext("rude humour"),
        "language-discrimination" => gettext("hateful language"),
        _ => return None,
    })
}

/// What one meets: people, payment, questions.
fn met(id: &str) -> Option<String> {
    Some(match id {
        "social-chat" => gettext("chat with other people"),
        "social-audio" => gettext("talking with other people"),
        "social-info" => gettext("sends information about its use"),
        "social-contacts" => gettext("shares your name on social networks"),
        "social-location" => gettext("shares where you are"),
        "money-purchasing" => gettext("sells things"),
        "money-gambling" => gettext("gambling"),
        "money-advertising" => gettext("advertising"),
        _ => return None,
    })
}
