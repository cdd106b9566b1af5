//! What only the source itself can tell of an app that is not installed.

use cairn_apps::Apps;
use cairn_model::Problem;
use cairn_model::app::plan::OperationKind;
use cairn_model::app::{AppPlan, AppWish, Permission, Ref, Source};

/// `None` while it is not known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub permissions: Option<Vec<Permission>>,
    pub cost: Option<Cost>,
    /// Why nothing is known.
    pub problem: Option<Problem>,
}

/// Bytes that an installation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    pub download: u64,
    /// What of the download is the app itself; the rest is shared with other apps.
    pub own: u64,
    pub disk: i64,
}

impl Facts {
    /// Plans the installation and throws the plan away: nothing else knows what it would really bring.
    pub async fn ask(apps: &Apps, source: Source, reference: Ref) -> Self {
        let wish = AppWish::Install { source, reference: reference.clone() };
        match apps.plan(&wish).await {
            Ok(plan) => Self {
                permissions: permissions(&plan, &reference),
                cost: Some(cost(&plan, &reference)),
                problem: None,
            },
            Err(problem) => Self { problem: Some(problem), ..Self::default() },
        }
    }
}

fn permissions(plan: &AppPlan, reference: &Ref) -> Option<Vec<Permission>> {
    plan.operations.iter().find(|o| o.reference == *reference).map(|o| o.after.clone())
}

fn cost(plan: &AppPlan, reference: &Ref) -> Cost {
    let own = |o: &&cairn_model::app::Operation| {
        o.kind != OperationKind::Remove && o.reference.id.as_str().starts_with(reference.id.as_str())
    };
    let own = plan.operations.iter().filter(own).map(|o| o.download_bytes).sum();
    Cost { download: plan.download_bytes, own, disk: plan.disk_bytes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::app::{Operation, Scope};

    #[test]
    fn what_is_shared_is_told_apart() {
        let operation = |reference: &str, download_bytes| Operation {
            kind: OperationKind::Install,
            reference: reference.parse().unwrap(),
            scope: Scope::User,
            remote: "r".into(),
            commit: "c".into(),
            download_bytes,
            installed_bytes: 0,
            before: Vec::new(),
            after: vec![Permission::Network],
        };
        let app: Ref = "app/org.a.B/x86_64/stable".parse().unwrap();
        let plan = AppPlan {
            wish: AppWish::RemoveUnused {},
            name: String::new(),
            operations: vec![
                operation("runtime/org.a.Platform/x86_64/1", 100),
                operation("runtime/org.a.B.Locale/x86_64/stable", 5),
                operation("app/org.a.B/x86_64/stable", 30),
            ],
            download_bytes: 135,
            disk_bytes: 400,
            warnings: Vec::new(),
        };
        assert_eq!(cost(&plan, &app), Cost { download: 135, own: 35, disk: 400 });
        assert_eq!(permissions(&plan, &app), Some(vec![Permission::Network]));
    }
}
