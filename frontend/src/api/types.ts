import type { Readable } from "openapi-typescript-helpers";
import type { components } from "./schema";

// As openapi-fetch types bodies.
type Schemas = Readable<components["schemas"]>;

export type AcceptedFrame = Schemas["AcceptedFrame"];
export type CreatedMeeting = Schemas["CreatedMeeting"];
export type Findings = Schemas["Findings"];
export type Flag = Schemas["FlagAnswer"];
export type FlagPage = Schemas["FlagPage"];
export type FlagKind = Schemas["FlagKind"];
export type Job = Schemas["JobAnswer"];
export type JoinedParticipant = Schemas["JoinedParticipant"];
export type Meeting = Schemas["MeetingInfo"];
export type MeetingRules = Schemas["RulesAnswer"];
export type MessageList = Schemas["MessageList"];
export type MessageRecord = Schemas["MessageRecord"];
export type People = Schemas["People"];
export type Person = Schemas["Person"];
export type PersonState = Schemas["Presence"];
export type Review = Schemas["Review"];
export type RuleOverrides = Schemas["RuleOverrides"];
export type UnacknowledgedRecipients = Schemas["UnacknowledgedRecipients"];
