import { expect, it } from "vitest";
import type { NewIncident } from "../../api/types";
import { NO_ALERTS, noticeIncidents, QUIET_MS } from "./alerts";

const of = (id: number, participant_id = "ada"): NewIncident => ({
  id,
  participant_id,
  participant_name: participant_id,
  kind: "multiple_faces",
});
const ids = (incidents: readonly NewIncident[]) => incidents.map(({ id }) => id);

it("alerts to nothing that happened before the page was opened", () => {
  expect(noticeIncidents(NO_ALERTS, [of(2), of(1)], 0).current).toEqual([]);
});

it("alerts once to an incident of 300 frames", () => {
  let alerts = noticeIncidents(NO_ALERTS, [], 0);
  let count = 0;
  for (let frame = 0; frame < 300; frame++) {
    alerts = noticeIncidents(alerts, [of(1)], frame * 1_000);
    count += alerts.current.length;
  }
  expect([count, alerts.held]).toEqual([1, 0]);
});

it("alerts once a minute to a candidate, and counts the others", () => {
  let alerts = noticeIncidents(NO_ALERTS, [], 0);
  alerts = noticeIncidents(alerts, [of(1)], 0);
  alerts = noticeIncidents(alerts, [of(3), of(2), of(1)], QUIET_MS - 1);
  expect([ids(alerts.current), alerts.held]).toEqual([[], 2]);

  alerts = noticeIncidents(alerts, [of(4), of(3), of(2), of(1)], QUIET_MS);
  expect([ids(alerts.current), alerts.held]).toEqual([[4], 2]);
});

it("alerts to each of several candidates", () => {
  const alerts = noticeIncidents(noticeIncidents(NO_ALERTS, [], 0), [of(3, "alan"), of(2), of(1)], 0);

  expect([ids(alerts.current), alerts.held]).toEqual([[3, 2], 1]);
});
