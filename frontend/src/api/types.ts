import type { Readable } from "openapi-typescript-helpers";
import type { components } from "./schema";

// As openapi-fetch types bodies.
type Schemas = Readable<components["schemas"]>;

export type AcceptedFrame = Schemas["AcceptedFrame"];
export type AdminSignal = Schemas["SignalToCandidate"]["signal"];
export type Box = Schemas["Box"];
export type CandidateSignal = Schemas["SignalToAdmin"]["signal"];
export type CreatedMeeting = Schemas["CreatedMeeting"];
export type DetectedPerson = Schemas["DetectedPerson"];
export type Findings = Schemas["Findings"];
export type Flag = Schemas["FlagAnswer"];
export type PictureQuality = Schemas["PictureQuality"];
export type FlagKind = Schemas["FlagKind"];
export type FlagPage = Schemas["FlagPage"];
export type IceSignal = Schemas["Ice"];
export type Job = Schemas["JobAnswer"];
export type JoinedParticipant = Schemas["JoinedParticipant"];
export type Meeting = Schemas["MeetingInfo"];
export type KindPrecision = Schemas["KindPrecision"];
export type MeetingRules = Schemas["RulesAnswer"];
export type Message = Schemas["MessageForCandidate"];
export type MessageList = Schemas["MessageList"];
export type MessageRecord = Schemas["MessageRecord"];
export type MessageToBrowser = Schemas["MessageToBrowser"];
export type MessageToGateway = Schemas["MessageToGateway"];
export type Offer = Schemas["Offer"];
export type People = Schemas["People"];
export type Person = Schemas["Person"];
export type PersonState = Schemas["Presence"];
export type Receipt = Schemas["Receipt"];
export type Review = Schemas["Review"];
export type RuleOverrides = Schemas["RuleOverrides"];
export type Signal = Schemas["Signal"]["signal"];
export type SignalMessage = Schemas["Signal"];
export type StopReason = NonNullable<Schemas["Stop"]["reason"]>;
export type UnacknowledgedRecipients = Schemas["UnacknowledgedRecipients"];
