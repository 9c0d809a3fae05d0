// Rejects objects whose name is one of `names` in the settings.

import { JSON } from "assemblyscript-json/assembly";
import { consoleLog, guestError, guestRequest, guestResponse } from "./wapc";

export function __guest_call(operationLength: usize, payloadLength: usize): i32 {
  const operation = new ArrayBuffer(<i32>operationLength);
  const payload = new ArrayBuffer(<i32>payloadLength);
  guestRequest(changetype<usize>(operation), changetype<usize>(payload));
  const name = String.UTF8.decode(operation);
  const input = JSON.parse(String.UTF8.decode(payload));
  if (name == "validate") {
    return validate(input);
  }
  if (name == "validate_settings") {
    return validateSettings(input);
  }
  if (name == "protocol_version") {
    return respond('"v1"');
  }
  return fail("No handler registered for function " + name);
}

function validate(payload: JSON.Value): i32 {
  if (!payload.isObj) {
    return fail("the payload is not an object");
  }
  const settings = (<JSON.Obj>payload).getObj("settings");
  const request = (<JSON.Obj>payload).getObj("request");
  if (settings == null || request == null) {
    return fail("the payload lacks request or settings");
  }
  const names = settings.getArr("names");
  const name = request.getString("name");
  if (names != null && name != null) {
    const forbidden = names.valueOf();
    for (let i = 0; i < forbidden.length; i++) {
      if (forbidden[i].isString && (<JSON.Str>forbidden[i]).valueOf() == name.valueOf()) {
        const answer = new JSON.Obj();
        answer.set("accepted", false);
        answer.set("message", "The name " + name.valueOf() + " is forbidden");
        return respond(answer.stringify());
      }
    }
  }
  return respond('{"accepted":true}');
}

function validateSettings(settings: JSON.Value): i32 {
  const names = settings.isObj ? (<JSON.Obj>settings).get("names") : null;
  if (names == null) {
    return respond('{"valid":true}');
  }
  if (!names.isArr) {
    return respond('{"valid":false,"message":"names: expected a list"}');
  }
  const list = (<JSON.Arr>names).valueOf();
  for (let i = 0; i < list.length; i++) {
    if (!list[i].isString) {
      return respond('{"valid":false,"message":"names: expected strings"}');
    }
  }
  return respond('{"valid":true}');
}

function respond(text: string): i32 {
  const bytes = String.UTF8.encode(text);
  guestResponse(changetype<usize>(bytes), bytes.byteLength);
  return 1;
}

function fail(text: string): i32 {
  const bytes = String.UTF8.encode(text);
  guestError(changetype<usize>(bytes), bytes.byteLength);
  return 0;
}

// Stands in for the runtime's own abort, which hosts of policies do not offer.
function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const text = message == null ? "(no message)" : message;
  const bytes = String.UTF8.encode("aborted: " + text + " at line " + line.toString());
  consoleLog(changetype<usize>(bytes), bytes.byteLength);
  unreachable();
}
