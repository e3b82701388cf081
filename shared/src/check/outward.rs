//! `[limits]`, `[delivery]`, `[log]`: bounds, and what goes out.

use super::Sheet;
use crate::config::Config;
use std::time::Duration;

pub(super) fn judge(config: &Config, sheet: &mut Sheet) {
    times(config, sheet);
    let (limits, delivery) = (&config.limits, &config.delivery);
    if limits.attached_data >= limits.body {
        sheet
            .error(
                "limits.attached_data",
                "out-of-range",
                format!("{} bytes cannot arrive in a request of {} bytes", limits.attached_data, limits.body),
                "Make it smaller than `limits.body`",
            )
            .case("attached-data")
            .with("value", limits.attached_data)
            .with("most", limits.body);
    }
    if delivery.pause > delivery.pause_max {
        sheet
            .error(
                "delivery.pause",
                "out-of-range",
                "the first pause is longer than the longest",
                "Make it shorter than `delivery.pause_max`",
            )
            .case("pause");
    }
    if delivery.certificate.is_some() != delivery.key.is_some() {
        let path = if delivery.certificate.is_some() { "delivery.key" } else { "delivery.certificate" };
        sheet.error(path, "missing-key", "certificate and key belong together", "Write both, or neither").case("certificate");
    }
    if delivery.https_port.is_some() && !delivery.always_https {
        sheet
            .warning(
                "delivery.https_port",
                "without-effect",
                "http URLs stay what they are",
                "Write always_https = true, or remove the line",
            )
            .case("https-port");
    }
    let rules = delivery.rewrite.iter().enumerate();
    sheet.unique("host", rules.map(|(index, rule)| (format!("delivery.rewrite[{index}].host"), rule.host.as_str())), "");
    if delivery.unreachable_after < delivery.attempt {
        sheet
            .error(
                "delivery.unreachable_after",
                "out-of-range",
                "SAP would count as unreachable before one attempt is over",
                "Make it at least as long as `delivery.attempt`",
            )
            .case("unreachable");
    }
    if config.log.total_size < config.log.file_size {
        sheet
            .error("log.total_size", "out-of-range", "all log files together would be smaller than one", "Make it at least `log.file_size`")
            .case("log-size");
    }
    if config.log_to_text.enabled && config.log_to_text.source_folder.is_none() && config.log.folder.is_none() {
        sheet
            .error(
                "log_to_text.source_folder",
                "missing-key",
                "there are no log files to take",
                "Name their folder here, or write `log.folder`",
            )
            .case("source-folder");
    }
}

fn times(config: &Config, sheet: &mut Sheet) {
    let (limits, delivery) = (&config.limits, &config.delivery);
    let (second, minute) = (Duration::from_secs(1), Duration::from_mins(1));
    let tenth = Duration::from_millis(100);
    sheet.within("limits.header_time", limits.header_time, tenth, 10 * minute);
    sheet.within("limits.body_time", limits.body_time, tenth, 10 * minute);
    // SAP waits five seconds for an answer; some of that belongs to the way there and back.
    sheet.within("limits.switch_deadline", limits.switch_deadline, tenth, Duration::from_millis(4900));
    sheet.within("delivery.attempt", delivery.attempt, tenth, 2 * minute);
    sheet.within("delivery.pause", delivery.pause, Duration::from_millis(10), minute);
    sheet.within("delivery.pause_max", delivery.pause_max, tenth, 10 * minute);
    sheet.within("delivery.unreachable_after", delivery.unreachable_after, second, 60 * minute);
    sheet.within("delivery.expire", delivery.expire, second, 24 * 60 * minute);
    sheet.within("log_to_text.write_interval", config.log_to_text.write_interval, minute, 24 * 7 * 60 * minute);
}
