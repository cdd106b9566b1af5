//! When to restart.

use crate::arguments::When;
use crate::output::Output;
use cairn_client::Client;
use cairn_model::restart::RestartWhen;
use cairn_model::{Problem, Seconds};
use cairn_words::{moment, restart as words};
use gettextrs::gettext;
use jiff::Zoned;
use jiff::civil::{DateTime, Time};

pub async fn run(client: &Client, output: Output, when: When) -> Result<(), Problem> {
    let when = match when {
        When::Cancel => {
            client.cancel_restart().await?;
            return output.answer("restart", &(), || vec![gettext("No restart is set.")]);
        }
        When::Now { anyway, soft } => RestartWhen::Now { ignore_inhibitors: anyway, soft },
        When::Tonight => RestartWhen::Tonight {},
        When::AtShutdown => RestartWhen::AtShutdown {},
        When::At { time } => RestartWhen::At { time: parse(&time.join(" "), &Zoned::now())? },
    };
    client.restart(&when).await?;
    let scheduled = client.scheduled().await.unwrap_or_default();
    output.answer("restart", &scheduled, || {
        vec![scheduled.as_ref().map_or_else(|| gettext("Restarting."), |s| words::sentence(s, moment::now()))]
    })
}

/// A local time; without a date the next one that comes.
fn parse(text: &str, now: &Zoned) -> Result<Seconds, Problem> {
    let bad = |_| Problem::InvalidArgument { what: text.to_owned() };
    let zone = now.time_zone().clone();
    if text.contains('-') {
        let at: DateTime = text.replace(' ', "T").parse().map_err(bad)?;
        return Ok(at.to_zoned(zone).map_err(bad)?.timestamp().as_second());
    }
    let time: Time = text.parse().map_err(bad)?;
    let today = now.date().to_datetime(time).to_zoned(zone.clone()).map_err(bad)?;
    let next = if today > *now {
        today
    } else {
        now.date().tomorrow().map_err(bad)?.to_datetime(time).to_zoned(zone).map_err(bad)?
    };
    Ok(next.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_the_next_ones_that_come() {
        let now = jiff::civil::date(2026, 11, 23).at(10, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap();
        let start = now.timestamp().as_second();
        assert_eq!(parse("11:30", &now).unwrap(), start + 5400);
        assert_eq!(parse("09:00", &now).unwrap(), start + 23 * 3600);
        assert_eq!(parse("2026-11-24 10:00", &now).unwrap(), start + 86_400);
        assert!(parse("soon", &now).is_err());
    }
}
