//! The name and version of what the peer is around, for `PEER`: the package weft-peer-X is around X.

use std::{env, fs, path::PathBuf};

fn main() {
    let package = env::var("CARGO_PKG_NAME").unwrap();
    let name = package.trim_start_matches("weft-peer-");
    let lock = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap()).join("Cargo.lock");
    let text = fs::read_to_string(&lock).expect("Cargo.lock");
    let entry = format!("name = \"{name}\"\nversion = \"");
    let (_, rest) = text.split_once(&entry).expect("the package in Cargo.lock");
    println!("cargo:rustc-env=PEER={name} {}", rest.split('"').next().unwrap());
    println!("cargo:rerun-if-changed=Cargo.lock");
}
