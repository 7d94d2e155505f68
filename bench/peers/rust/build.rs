//! The version of revm, for `REVM_VERSION`.

use std::{env, fs, path::PathBuf};

fn main() {
    let lock = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap()).join("Cargo.lock");
    let text = fs::read_to_string(&lock).expect("Cargo.lock");
    let (_, rest) = text.split_once("name = \"revm\"\nversion = \"").expect("revm in Cargo.lock");
    println!("cargo:rustc-env=REVM_VERSION={}", rest.split('"').next().unwrap());
    println!("cargo:rerun-if-changed=Cargo.lock");
}
