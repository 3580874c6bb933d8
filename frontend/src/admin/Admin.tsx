import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { Route, Switch } from "wouter";
import { ApiError } from "../api/client";
import type { Inbox, Meeting } from "../api/types";
import { type LiveConnection, useLiveSocket } from "../live/useLiveSocket";
import { NotFoundPage } from "../ui/NotFoundPage";
import { TitleCount } from "../ui/Page";
import { type StaffAlerts, useAlerts } from "./alerts/useAlerts";
import { ErasedNotice } from "./people/ErasedNotice";
import { NumbersContext, useNumbers } from "./people/PersonNumber";
import { type LivePeople, usePeople } from "./people/usePeople";
import type { Looking } from "./person/onlookers";
import { PersonPage } from "./person/PersonPage";
import { useOnlookers } from "./person/useOnlookers";
import { createQueryClient } from "./queries";
import { Room } from "./Room";
import { ReviewPage } from "./review/ReviewPage";
import { useInbox } from "./useInbox";

interface Props {
  meeting: Meeting;
  adminKey: string;
  onRefused: () => void;
  onForget: () => void;
}

/** What every page of a meeting's staff gets. */
export interface StaffPageProps {
  meeting: Meeting;
  adminKey: string;
  live: LivePeople;
  connection: LiveConnection;
  /** undefined before the first answer. */
  inbox: Inbox | undefined;
  alerts: StaffAlerts;
  /** Says who was erased; the same on all pages, so that it is read once. */
  erasedNotice: ReactNode;
  /** Whom other invigilators have open, by participant id. */
  onlookers: ReadonlyMap<string, Looking>;
}

/** The pages of a meeting's staff. */
export default function Admin(props: Props) {
  const [client] = useState(createQueryClient);
  return (
    <QueryClientProvider client={client}>
      <StaffPages {...props} />
    </QueryClientProvider>
  );
}

function StaffPages({ meeting, adminKey, onRefused, onForget }: Props) {
  const live = usePeople(meeting.id, adminKey);
  const connection = useLiveSocket(meeting.id, adminKey);
  const onlookers = useOnlookers(connection);
  const inbox = useInbox(meeting.id, adminKey);
  const alerts = useAlerts(inbox, meeting.title);
  const [readCount, setReadCount] = useState(0);
  const { error } = live;
  const refused = error instanceof ApiError && error.isRefusedAccess;
  useEffect(() => {
    if (refused) onRefused();
  }, [refused, onRefused]);

  const numbers = useNumbers(live.people?.people ?? []);
  const erasedNotice = <ErasedNotice erased={live.erased} readCount={readCount} onRead={setReadCount} />;
  const props = { meeting, adminKey, live, connection, inbox, alerts, erasedNotice, onlookers };
  return (
    <NumbersContext value={numbers}>
      <TitleCount value={inbox?.open ?? 0}>
        <p className="unseen" role="status">
          {alerts.announcement}
        </p>
        <Switch>
          <Route path="/">
            <Room {...props} onForget={onForget} />
          </Route>
          <Route path="/review">
            <ReviewPage {...props} />
          </Route>
          <Route path="/people/:participantId">
            {({ participantId }) => (
              <PersonPage key={participantId} {...props} participantId={participantId} />
            )}
          </Route>
          <Route>
            <NotFoundPage title="There is no such page" />
          </Route>
        </Switch>
      </TitleCount>
    </NumbersContext>
  );
}
