import { readStored, store } from "../../ui/storage";
import { isRecord } from "../../ui/typeGuards";

/** How this browser alerts, besides the title and the announcement. */
export interface AlertChoices {
  sound: boolean;
  notifications: boolean;
}

const STORAGE_KEY = "proctor.alerts";
const SILENT: AlertChoices = { sound: false, notifications: false };

export function readChoices(): AlertChoices {
  return readStored("localStorage", STORAGE_KEY, isAlertChoices) ?? SILENT;
}

export function storeChoices(choices: AlertChoices): void {
  store("localStorage", STORAGE_KEY, choices);
}

function isAlertChoices(value: unknown): value is AlertChoices {
  return isRecord(value) && typeof value.sound === "boolean" && typeof value.notifications === "boolean";
}
