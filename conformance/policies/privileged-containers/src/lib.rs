//! Rejects pods with privileged containers; written in Rust against the waPC guest library.

use serde_json::{Value, json};
use wapc_guest::prelude::*;

#[unsafe(no_mangle)]
pub extern "C" fn wapc_init() {
    register_function("validate", validate);
    register_function("validate_settings", validate_settings);
    register_function("protocol_version", |_| Ok(b"\"v1\"".to_vec()));
}

fn validate(payload: &[u8]) -> CallResult {
    let payload: Value = serde_json::from_slice(payload)?;
    let settings = settings_of(&payload["settings"])?;
    let spec = &payload["request"]["object"]["spec"];
    let privileged = containers(spec)
        .filter(|container| container["securityContext"]["privileged"] == json!(true))
        .map(|container| container["name"].as_str().unwrap_or("(nameless)"))
        .find(|name| !settings.contains(name));
    let answer = match privileged {
        None => json!({"accepted": true}),
        Some(name) => json!({
            "accepted": false,
            "message": format!("Privileged container is not allowed: {name}"),
        }),
    };
    Ok(serde_json::to_vec(&answer)?)
}

fn containers(spec: &Value) -> impl Iterator<Item = &Value> {
    ["initContainers", "containers", "ephemeralContainers"]
        .into_iter()
        .filter_map(|list| spec[list].as_array())
        .flatten()
}

fn validate_settings(payload: &[u8]) -> CallResult {
    let settings: Value = serde_json::from_slice(payload)?;
    let answer = match settings_of(&settings) {
        Ok(_) => json!({"valid": true}),
        Err(error) => json!({"valid": false, "message": error.to_string()}),
    };
    Ok(serde_json::to_vec(&answer)?)
}

/// The names of containers that may be privileged.
fn settings_of(settings: &Value) -> Result<Vec<&str>, Box<dyn std::error::Error + Sync + Send>> {
    match &settings["allowed"] {
        Value::Null => Ok(Vec::new()),
        Value::Array(names) => names
            .iter()
            .map(|name| name.as_str().ok_or_else(|| "allowed: names must be strings".into()))
            .collect(),
        _ => Err("allowed: expected a list of container names".into()),
    }
}
