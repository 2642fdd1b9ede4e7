//! DuckDB's library as a part of the program.
#![allow(unsafe_code)]

use crate::Error;
use adbc_core::options::AdbcVersion;
use adbc_driver_manager::ManagedDriver;
use adbc_ffi::{FFI_AdbcDriverInitFunc, FFI_AdbcError};
use core::ffi::{c_int, c_void};
// Nothing of it but that it is linked: its headers leave out the ADBC side.
use libduckdb_sys as _;

unsafe extern "C" {
    /// Fills in the functions of a driver (DuckDB's `common/adbc/adbc.hpp`).
    fn duckdb_adbc_init(version: c_int, driver: *mut c_void, error: *mut FFI_AdbcError) -> u8;
}

/// The driver that is linked.
pub(super) fn driver() -> Result<ManagedDriver, Error> {
    let init: FFI_AdbcDriverInitFunc = duckdb_adbc_init;
    ManagedDriver::load_static(&init, AdbcVersion::V110)
        .or_else(|_| ManagedDriver::load_static(&init, AdbcVersion::V100))
        .map_err(|error| Error::Connect(error.message))
}
