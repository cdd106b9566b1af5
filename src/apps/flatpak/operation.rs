//! One operation of a transaction as plain data.

use super::problem;
use crate::permissions;
use cairn_model::Problem;
use cairn_model::app::plan::OperationKind;
use cairn_model::app::{AppId, Operation, Permission, RefKind, Scope};
use libflatpak::{TransactionOperation, TransactionOperationType, glib};

/// The facts of an operation that is resolved. `related_to_ops` is never asked: the binding reads through NULL where
/// there is none.
pub(crate) fn read(operation: &TransactionOperation, scope: Scope) -> Result<Operation, Problem> {
    let name = operation.get_ref().unwrap_or_default();
    let reference = name.parse().map_err(|e: Problem| e)?;
    let kind = match operation.operation_type() {
        TransactionOperationType::Install | TransactionOperationType::InstallBundle => OperationKind::Install,
        TransactionOperationType::Update => OperationKind::Update,
        TransactionOperationType::Uninstall => OperationKind::Remove,
        _ => return Err(Problem::NotSupported { what: name.into() }),
    };
    let mut read = Operation {
        kind,
        reference,
        scope,
        remote: operation.remote().map(String::from).unwrap_or_default(),
        commit: String::new(),
        download_bytes: 0,
        installed_bytes: 0,
        before: Vec::new(),
        after: Vec::new(),
    };
    if kind != OperationKind::Remove {
        read.commit = operation.commit().map(String::from).unwrap_or_default();
        read.download_bytes = operation.download_size();
        read.installed_bytes = operation.installed_size();
    }
    if read.reference.kind == RefKind::App {
        let id = read.reference.id.clone();
        read.before = allowed(operation.old_metadata(), &id);
        read.after =
            if kind == OperationKind::Remove { Vec::new() } else { allowed(operation.metadata(), &id) };
    }
    Ok(read)
}

fn allowed(metadata: Option<glib::KeyFile>, id: &AppId) -> Vec<Permission> {
    metadata.map(|m| permissions::read(&m.to_data(), id.as_str())).unwrap_or_default()
}

/// The end of life that the new commit of an operation announces, in its source's words.
pub(crate) fn describe(error: &glib::Error, operation: &TransactionOperation) -> Problem {
    let name = operation.get_ref().unwrap_or_default();
    problem(error, name.split('/').nth(1).unwrap_or_default())
}
