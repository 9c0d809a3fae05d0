// The functions of the waPC protocol that this policy uses.

// @ts-ignore: decorator
@external("wapc", "__guest_request")
export declare function guestRequest(operation: usize, payload: usize): void;

// @ts-ignore: decorator
@external("wapc", "__guest_response")
export declare function guestResponse(response: usize, length: usize): void;

// @ts-ignore: decorator
@external("wapc", "__guest_error")
export declare function guestError(text: usize, length: usize): void;

// @ts-ignore: decorator
@external("wapc", "__console_log")
export declare function consoleLog(text: usize, length: usize): void;
