import { useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { IncidentFilter } from "../../api/incidents";
import type { Incident, Review } from "../../api/types";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { Page } from "../../ui/Page";
import type { StaffPageProps } from "../Admin";
import { ConnectionProblems } from "../ConnectionProblems";
import { Nothing } from "../Panel";
import { IncidentList } from "./IncidentList";
import { IncidentPane } from "./IncidentPane";
import { nextOpen } from "./incidents";
import { ReviewFilters } from "./ReviewFilters";
import { ReviewHead } from "./ReviewHead";
import { FailedReviews, UndoNotice } from "./ReviewNotices";
import styles from "./ReviewPage.module.css";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { useIncident } from "./useIncident";
import { type Incidents, useIncidents } from "./useIncidents";
import { useReviewer } from "./useReviewer";
import { useReviewKeys } from "./useReviewKeys";
import { useReviews } from "./useReviews";
import { useReviewView } from "./useReviewView";

/** The inbox of a meeting's incidents. */
export function ReviewPage({ meeting, adminKey, live, inbox, alerts }: StaffPageProps) {
  const { filter, setFilter, selectedId, setSelectedId } = useReviewView();
  const listed = useIncidents(meeting.id, adminKey, filter, inbox, live.erased);
  const [reviewer, setReviewer] = useReviewer();
  const reviews = useReviews(meeting.id, adminKey, reviewer.trim(), listed.replace);
  const [reason, setReason] = useState("");
  const [shown, setShown] = useState(0);
  const [helps, setHelps] = useState(false);
  const list = useRef<HTMLOListElement>(null);
  const pane = useRef<HTMLDivElement>(null);
  const actions = useRef<HTMLDivElement>(null);
  const reasonField = useRef<HTMLInputElement>(null);

  const incidents = useMemo(
    () => listed.incidents.map((incident) => withPending(incident, reviews.pending)),
    [listed.incidents, reviews.pending],
  );
  const openId = selectedId ?? incidents[0]?.id ?? null;
  const current = incidents.findIndex(({ id }) => id === openId);
  const { details, problem } = useIncident(meeting.id, adminKey, openId);
  const listedIncident = incidents[current];
  const incident = listedIncident ?? (details && withPending(details, reviews.pending));
  const { replace } = listed;
  // It goes on: a new frame opens a reviewed incident again.
  const newer = details && listedIncident && details.flags > listedIncident.flags ? details : null;
  useEffect(() => {
    if (newer) replace(newer);
  }, [newer, replace]);
  const pictures = details?.all_flags;

  function select(id: number) {
    setSelectedId(id);
    setShown(0);
    setReason("");
  }

  /** Select an incident with a key: the focus follows, unless it is on the buttons beside the list. */
  function go(place: number) {
    const target = incidents[place];
    if (!target) return;
    // Synchronously: a row far away is rendered only when it is the selected one.
    flushSync(() => select(target.id));
    const row = list.current?.querySelector<HTMLElement>(`[data-index="${place}"] button`);
    const isBeside = isWide();
    if (!actions.current?.contains(document.activeElement)) row?.focus({ preventScroll: !isBeside });
    else if (isBeside) row?.scrollIntoView({ block: "nearest" });
  }

  function decide(decision: Review) {
    if (!incident) return;
    if (incident.review !== decision || reason.trim()) reviews.decide(incident, decision, reason.trim());
    setReason("");
    go(nextOpen(incidents, current));
  }

  const undoable = reviews.decided.at(-1);
  function undo() {
    if (undoable) {
      reviews.undo(undoable);
      show(undoable.incident);
    } else if (incident && incident.review !== "open") reviews.decide(incident, "open", "");
  }

  function show({ id }: Incident) {
    const place = incidents.findIndex((one) => one.id === id);
    if (place >= 0) go(place);
    else select(id);
  }

  useReviewKeys({
    step: (direction) => go(Math.max(0, current + direction)),
    picture: (direction) =>
      setShown((place) => Math.min(Math.max(0, place + direction), Math.max(0, (pictures?.length ?? 0) - 1))),
    confirm: () => decide("confirmed"),
    dismiss: () => decide("dismissed"),
    undo,
    reason: () => reasonField.current?.focus(),
    help: () => setHelps(true),
  });

  return (
    <Page title={`Review · ${meeting.title}`} wide>
      <ReviewHead
        meeting={meeting}
        inbox={inbox}
        alerts={alerts}
        reviewer={reviewer}
        onReviewer={setReviewer}
        onHelp={() => setHelps(true)}
      />
      <ConnectionProblems live={live} />
      <div className={styles.layout}>
        <div className={styles.list}>
          <ReviewFilters filter={filter} reviewers={inbox?.reviewers ?? []} onFilter={setFilter} />
          <p className={styles.count}>
            <span className="quiet">{countLabel(incidents.length, listed)}</span>
            <button type="button" onClick={listed.reload}>
              {listed.added > 0 ? `Reload: ${listed.added} new` : "Reload"}
            </button>
          </p>
          {listed.error !== null && <Failure message={errorMessage(listed.error)} onRetry={listed.reload} />}
          {listed.loaded && incidents.length === 0 && <Nothing>{nothingLabel(filter, inbox?.open)}</Nothing>}
          <IncidentList
            list={list}
            incidents={incidents}
            current={current}
            hasMore={listed.hasMore}
            onMore={listed.loadMore}
            onBroken={listed.renew}
            onSelect={(id) => {
              select(id);
              if (!isWide()) pane.current?.scrollIntoView();
            }}
          />
        </div>
        <div className={styles.pane} ref={pane}>
          {!incident && problem && <Nothing>{problem}</Nothing>}
          {incident && (
            <IncidentPane
              incident={incident}
              pictures={pictures}
              problem={pictures ? "" : problem}
              shown={Math.min(shown, Math.max(0, (pictures?.length ?? 0) - 1))}
              onShow={setShown}
              reason={reason}
              onReason={setReason}
              canUndo={undoable !== undefined || incident.review !== "open"}
              onDecide={decide}
              onUndo={undo}
              actions={actions}
              reasonField={reasonField}
              notice={
                <>
                  <FailedReviews
                    failed={reviews.failed}
                    onShow={(failed) => show(failed.incident)}
                    onClose={reviews.forgive}
                  />
                  <UndoNotice decided={undoable} onUndo={undo} />
                </>
              }
            />
          )}
        </div>
      </div>
      {helps && <ShortcutsDialog onClose={() => setHelps(false)} />}
    </Page>
  );
}

const WIDE = "(min-width: 64rem)";

/** Whether the pane stands beside the list, and stays in sight. */
function isWide(): boolean {
  return matchMedia(WIDE).matches;
}

/** Show a decision before the server has answered. */
function withPending<T extends Incident>(incident: T, pending: ReadonlyMap<number, Review>): T {
  const review = pending.get(incident.id);
  return review ? { ...incident, review, reviewer: null, reason: null } : incident;
}

function countLabel(listed: number, { hasMore, loaded, error }: Incidents): string {
  if (!loaded && !error) return "Loading…";
  if (listed === 0) return "";
  if (hasMore) return `The worst ${listed} incidents, more below`;
  return listed === 1 ? "One incident" : `${listed} incidents, the worst first`;
}

function nothingLabel(filter: IncidentFilter, open: number | undefined): string {
  if (filter.kind || filter.reviewer || filter.name) return "No incident matches this filter.";
  return filter.review === "open" && open === 0 ? "Nothing is left to review." : "There are no incidents.";
}
