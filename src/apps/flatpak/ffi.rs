//! What the binding of transactions lacks or gets wrong.

use cairn_model::app::Ref;
use libflatpak::glib::{self, translate::*};
use libflatpak::{Transaction, ffi};
use std::ffi::c_char;
use std::ptr;

/// `subpaths` must be NULL to keep the languages that are there; the binding passes an empty list, which means all.
#[allow(unsafe_code)]
pub(super) fn add_update(t: &Transaction, reference: &str, commit: Option<&str>) -> Result<(), glib::Error> {
    // SAFETY: All pointers live until the end of the statement, the error is taken over where the call failed.
    unsafe {
        let mut error = ptr::null_mut();
        let done = ffi::flatpak_transaction_add_update(
            t.to_glib_none().0,
            reference.to_glib_none().0,
            ptr::null_mut(),
            commit.to_glib_none().0,
            &mut error,
        );
        result(done, error)
    }
}

/// Not bound at all. The list of previous ids ends with NULL.
#[allow(unsafe_code)]
pub(super) fn add_rebase_and_uninstall(
    t: &Transaction,
    remote: &str,
    new: &Ref,
    old: &Ref,
) -> Result<(), glib::Error> {
    let (new, id, old) = (new.to_string(), old.id.to_string(), old.to_string());
    let id: Stash<'_, *const c_char, _> = id.as_str().to_glib_none();
    let mut previous = [id.0, ptr::null()];
    // SAFETY: All pointers live until the end of the statement, the error is taken over where the call failed.
    unsafe {
        let mut error = ptr::null_mut();
        let done = ffi::flatpak_transaction_add_rebase_and_uninstall(
            t.to_glib_none().0,
            remote.to_glib_none().0,
            new.as_str().to_glib_none().0,
            old.as_str().to_glib_none().0,
            ptr::null_mut(),
            previous.as_mut_ptr(),
            &mut error,
        );
        result(done, error)
    }
}

#[allow(unsafe_code)]
unsafe fn result(done: glib::ffi::gboolean, error: *mut glib::ffi::GError) -> Result<(), glib::Error> {
    if done != glib::ffi::GFALSE {
        return Ok(());
    }
    if error.is_null() {
        return Err(glib::Error::new(libflatpak::Error::SetupFailed, "failed without a reason"));
    }
    // SAFETY: The callers give an error that the failed call has set and that nobody else owns.
    Err(unsafe { from_glib_full(error) })
}
