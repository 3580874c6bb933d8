import { expect, it } from "vitest";
import { formatView, parseView, type ReviewView } from "./reviewView";

const USUAL: ReviewView = { review: "open", kind: "", reviewer: "", name: "", incidentId: null };

it.each<ReviewView>([
  USUAL,
  { ...USUAL, review: "" },
  { review: "dismissed", kind: "no_face", reviewer: "Grace & Co", name: "Zoë 100%", incidentId: 12 },
])("writes a view to the URL and reads it again", (view) => {
  expect(parseView(new URLSearchParams(formatView(view).toString()))).toEqual(view);
});

it("keeps the usual view out of the URL", () => {
  expect(formatView(USUAL).toString()).toBe("");
});

it.each(["state=guilty&kind=constructor&incident=-1", "state=toString&incident=1e99", "incident=x"])(
  "ignores what it does not know: %s",
  (search) => {
    expect(parseView(new URLSearchParams(search))).toEqual(USUAL);
  },
);
