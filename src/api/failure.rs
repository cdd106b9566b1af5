//! How a problem travels: its code is the error's name, its facts the second argument.

use crate::dict::{Dict, from_dict, to_dict};
use crate::names::ERROR_PREFIX;
use cairn_model::Problem;
use zbus::message::{Header, Message};
use zbus::names::ErrorName;

/// A problem on its way over the bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub Problem);

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Failure {}

/// `no-space` → `io.github.cairndesktop.Cairn1.Error.NoSpace`.
pub fn error_name(problem: &Problem) -> String {
    let camel: String = problem.code().split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
    format!("{ERROR_PREFIX}{camel}")
}

impl zbus::DBusError for Failure {
    fn create_reply(&self, msg: &Header<'_>) -> zbus::Result<Message> {
        let facts = to_dict(&self.0).unwrap_or_default();
        // Plain tools show the first argument; it names the code and, where there are any, the upstream's words.
        let words = match self.0.detail() {
            Some(detail) if !detail.is_empty() => format!("{}: {detail}", self.0.code()),
            _ => self.0.code().to_owned(),
        };
        let name = error_name(&self.0);
        Message::error(msg, name.as_str())?.build(&(words, facts))
    }

    fn name(&self) -> ErrorName<'_> {
        ErrorName::try_from(error_name(&self.0))
            .unwrap_or_else(|_| ErrorName::from_static_str_unchecked("org.freedesktop.DBus.Error.Failed"))
    }

    fn description(&self) -> Option<&str> {
        Some(self.0.code())
    }
}

/// The problem behind a failed call, also where the bus itself or polkit said no.
pub fn problem_of(error: &zbus::Error) -> Problem {
    match error {
        zbus::Error::MethodError(name, words, message) => {
            if let Ok((_, facts)) = message.body().deserialize::<(String, Dict)>()
                && let Ok(problem) = from_dict(&facts)
            {
                return problem;
            }
            named(name.as_str(), words.as_deref().unwrap_or_default())
        }
        zbus::Error::FDO(error) => {
            let name = zbus::DBusError::name(error.as_ref()).to_string();
            named(&name, zbus::DBusError::description(error.as_ref()).unwrap_or_default())
        }
        other => Problem::ServiceMissing { detail: cairn_model::text::line(&other.to_string()) },
    }
}

fn named(name: &str, words: &str) -> Problem {
    let detail = cairn_model::text::line(words);
    match name.strip_prefix("org.freedesktop.DBus.Error.").unwrap_or(name) {
        "AccessDenied" | "AuthFailed" => Problem::NotAuthorized,
        "InteractiveAuthorizationRequired" => Problem::AuthNeeded,
        "LimitsExceeded" => Problem::TooMany,
        "InvalidArgs" => Problem::InvalidArgument { what: detail },
        "ServiceUnknown" | "NameHasNoOwner" | "NoReply" | "Disconnected" | "NoServer" => {
            Problem::ServiceMissing { detail }
        }
        name if name.starts_with("Spawn.") => Problem::ServiceMissing { detail },
        _ => Problem::EngineFailed { detail },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zbus::DBusError;

    #[test]
    fn facts_survive_the_journey() {
        let problem = Problem::NoSpace { mount: "/boot".into(), needed: 3, free: 1, missing: 2 };
        let call = Message::method_call("/", "Plan").unwrap().build(&()).unwrap();
        let reply = Failure(problem.clone()).create_reply(&call.header()).unwrap();
        let error = zbus::Error::from(reply);
        assert_eq!(problem_of(&error), problem);
        assert_eq!(error_name(&problem), "io.github.cairndesktop.Cairn1.Error.NoSpace");
    }

    #[test]
    fn the_buss_own_errors_have_a_meaning() {
        let missing = zbus::Error::FDO(Box::new(zbus::fdo::Error::ServiceUnknown("x".into())));
        assert_eq!(problem_of(&missing).code(), "service-missing");
        let denied = zbus::Error::FDO(Box::new(zbus::fdo::Error::AccessDenied("x".into())));
        assert_eq!(problem_of(&denied), Problem::NotAuthorized);
    }
}
