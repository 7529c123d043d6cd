/** Every page with sample props: for pictures, for the accessibility check, and for the test that all pages render. */
import { deskPage } from '../pages/agent/desk.ts'
import { problemPage } from '../pages/problem.ts'
import { signInPage } from '../pages/sign-in.ts'
import { bestTimesPage } from '../pages/supervisor/best-times.ts'
import { callbacksPage } from '../pages/supervisor/callbacks.ts'
import { campaignPage } from '../pages/supervisor/campaign.ts'
import { liveCallsPage } from '../pages/supervisor/live-calls.ts'
import { pacingPage } from '../pages/supervisor/pacing-log.ts'
import { replayFormPage, replayPage } from '../pages/supervisor/replay.ts'
import { wallboardPage } from '../pages/supervisor/wallboard.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { adminSamples } from './admin.ts'
import { campaignSamples } from './admin-campaigns.ts'
import { approvalSamples } from './approvals.ts'
import { audioSamples } from './audio.ts'
import { auditorSamples } from './auditor.ts'
import { sampleSegments } from './best-times.ts'
import { sampleCampaign, sampleHeldCampaign, samplePacing, sampleReplay, sampleReplayForm } from './campaign.ts'
import { collectionsSamples } from './collections.ts'
import { custodySamples } from './custody.ts'
import { sampleDesks } from './desk.ts'
import {
  sampleAppeals,
  sampleCallbacks,
  sampleFloor,
  sampleLiveCalls,
  sampleSupervision,
  sampleTeams,
} from './floor.ts'
import { sampleFrame } from './frame.ts'
import { importSamples } from './imports.ts'
import { lenderSamples } from './lender.ts'
import { lineSamples } from './lines.ts'
import { menuSamples } from './menus.ts'
import { phoneSamples } from './phones.ts'
import { placementSamples } from './placement.ts'
import { policySamples } from './policies.ts'
import { queueSamples } from './queues.ts'
import { safetySamples } from './safety.ts'
import { salesSamples } from './sales.ts'
import { trunkSamples } from './trunks.ts'
import { userSamples } from './users.ts'
import { verificationSamples } from './verification.ts'
import { wallSamples } from './walls.ts'

export const samplePages: Record<string, (language: Language) => Html> = {
  'sign-in': language =>
    signInPage({
      frame: sampleFrame({ language, path: '/sign-in', role: null }),
      name: '',
      why: null,
      firstStart: false,
      secure: true,
      next: '/',
    }),
  'sign-in-first-start': language =>
    signInPage({
      frame: sampleFrame({ language, path: '/sign-in', role: null }),
      name: 'adam',
      why: 'wrong',
      firstStart: true,
      secure: false,
      next: '/',
    }),
  problem: language =>
    problemPage({ frame: sampleFrame({ language, path: '/x', role: 'supervisor' }), kind: 'fault', detail: 'r_8f3k2' }),
  ...Object.fromEntries(
    Object.entries(sampleDesks).map(([state, props]) => [
      `agent-desk-${state}`,
      (language: Language) => deskPage(props(language)),
    ]),
  ),
  ...adminSamples,
  ...userSamples,
  ...trunkSamples,
  ...queueSamples,
  ...policySamples,
  ...approvalSamples,
  ...campaignSamples,
  ...auditorSamples,
  ...placementSamples,
  ...lineSamples,
  ...audioSamples,
  ...safetySamples,
  ...verificationSamples,
  ...salesSamples,
  ...menuSamples,
  ...custodySamples,
  ...phoneSamples,
  ...lenderSamples,
  ...collectionsSamples,
  ...wallSamples,
  'supervisor-wallboard': language => wallboardPage(sampleFloor(language)),
  'supervisor-campaign': language => campaignPage(sampleCampaign(language)),
  'supervisor-campaign-held': language => campaignPage(sampleHeldCampaign(language)),
  'supervisor-pacing': language => pacingPage(samplePacing(language)),
  'supervisor-best-times': language =>
    bestTimesPage({
      frame: sampleFrame({ language, path: '/supervisor', role: 'supervisor' }),
      campaign: { id: 'cp_1', name: language === 'en' ? 'March M1 reminder' : '三月 M1 提醒', bestTime: true },
      rows: sampleSegments(language),
      more: 3,
    }),
  'supervisor-callbacks': language =>
    callbacksPage({
      frame: sampleFrame({ language, path: '/supervisor/callbacks', role: 'supervisor' }),
      callbacks: sampleCallbacks(language),
      onlyOverdue: false,
      next: null,
      said: null,
    }),
  'supervisor-replay': language => replayPage(sampleReplay(language)),
  'supervisor-replay-form': language => replayFormPage(sampleReplayForm(language)),
  'supervisor-calls': language =>
    liveCallsPage({
      frame: sampleFrame({ language, path: '/supervisor/calls', role: 'supervisor' }),
      choice: { ...sampleTeams(language), chosen: 'tm_1' },
      calls: sampleLiveCalls(language),
      supervision: sampleSupervision(language),
      appeals: sampleAppeals(language),
      said: null,
    }),
  ...importSamples,
}
