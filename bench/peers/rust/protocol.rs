//! The lines that are read and written: see ../README.md.

use crate::case::{Block, Case};
use serde_json::{Value, json};
use std::io::{self, BufRead, Write};

/// What one execution gave.
pub struct Outcome {
    pub seconds: f64,
    pub gas_used: Vec<u64>,
}

/// A block that can be executed any number of times.
pub trait Execute {
    fn execute(&mut self) -> Result<Outcome, String>;

    /// The same with nothing known of any code but its bytes and hash.
    fn execute_cold(&mut self) -> Result<Outcome, String> {
        Err("cannot forget the codes that it has analysed".into())
    }
}

fn load<E: Execute>(line: &str, prepare: impl Fn(Block) -> Result<E, String>) -> Result<(E, Value), String> {
    let case: Case = serde_json::from_str(line).map_err(|e| e.to_string())?;
    let mut loaded = prepare(case.prepare()?)?;
    let outcome = loaded.execute()?;
    Ok((loaded, json!({ "gas_used": outcome.gas_used })))
}

fn run<E: Execute>(
    loaded: &mut Option<E>,
    execute: impl Fn(&mut E) -> Result<Outcome, String>,
) -> Result<Value, String> {
    let loaded = loaded.as_mut().ok_or("no block to run")?;
    Ok(json!({ "seconds": execute(loaded)?.seconds }))
}

/// Answers until the input ends.
pub fn serve<E: Execute>(prepare: impl Fn(Block) -> Result<E, String>) -> io::Result<()> {
    let mut output = io::stdout().lock();
    let mut loaded: Option<E> = None;
    writeln!(output, "{}", json!({ "peer": env!("PEER") }))?;
    output.flush()?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let reply = if line == "run" {
            run(&mut loaded, E::execute)
        } else if line == "run cold" {
            run(&mut loaded, E::execute_cold)
        } else {
            loaded = None;
            load(&line, &prepare).map(|(block, reply)| {
                loaded = Some(block);
                reply
            })
        };
        writeln!(output, "{}", reply.unwrap_or_else(|error| json!({ "error": error })))?;
        output.flush()?;
    }
    Ok(())
}
