// What may be done about a delivery of which nobody knows whether it arrived (principle 4; RELIABILITY 0.4). Pure.
import { laneOf } from "./lane.ts";

/**
 * Where nobody can be asked, a person decides; only what is urgent is repeated by itself, once, under the same id and said so
 * in the log: an alert that may arrive twice is better than one that does not.
 */
export const mayRepeat = ({
  messageClass,
  repeated,
}: {
  readonly messageClass: string;
  readonly repeated: boolean;
}): boolean => laneOf(messageClass) === "urgent" && !repeated;
