import type { HistoryEntry, Kind, Side } from './api/answers'
import type { Level } from '../shared/settings/schema'

const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`
const sides: Record<Side, string> = { oro: 'Oro', microsoft: 'Microsoft 365' }
const kinds: Record<Kind, string> = { calendar: 'Calendar', tasks: 'Tasks' }

const deeds: Record<string, string> = {
  create: 'Created',
  update: 'Changed',
  delete: 'Deleted',
  cancel: 'Cancelled',
  recreate: 'Created again',
  adopt: 'Matched',
  link: 'Matched',
  unlink: 'No longer synchronized',
  withhold: 'Not synchronized',
  hold: 'Held back',
  rebase: 'Compared anew',
  settings: 'Settings changed',
}

/** Every sentence of the page but the fields' own (shared/settings). Another language is another file of this shape. */
export const texts = {
  locale: 'en-GB',
  title: 'Microsoft 365 Synchronization',
  skip: 'Skip to the settings',
  levels: {
    user: 'My settings',
    organization: 'Organization',
    system: 'System',
  } satisfies Record<Level, string>,
  sides,
  kinds,
  loading: 'Loading…',
  retry: 'Try again',
  more: 'Show more',
  close: 'Close',
  cancel: 'Cancel',
  never: 'Not yet',
  errors: {
    offline: 'The service does not answer. Check the network and try again.',
    expired: 'This page has expired.',
    foreign: 'This page may not see or change that.',
    status: (status: number) => `The service answered with an error (${status}).`,
    section: 'This part could not be loaded.',
  },
  closedDoor: {
    expired: {
      title: 'This page has expired',
      text: 'For your safety it stays open for a limited time only. Open it again from Oro’s back office.',
      unsaved: 'What you have typed is still here, but can no longer be saved.',
    },
    unknown: {
      title: 'Open this page from Oro',
      text: 'The settings of the Microsoft 365 synchronization are opened from Oro’s back office. This address alone does not say for whom.',
    },
  },
  account: {
    heading: 'Microsoft Account',
    none: 'No Microsoft account is connected.',
    noneHelp:
      'Connect one to keep your Oro calendar and tasks in step with Outlook and To Do. Nothing is synchronized before.',
    connect: 'Connect',
    reconnect: 'Connect again',
    connecting: 'Waiting for Microsoft…',
    connectingHelp: 'Sign in in the window that has opened. This page notices when you are done.',
    blocked: 'The browser has blocked the window.',
    blockedLink: 'Open the Microsoft sign-in in a new tab',
    closed: 'The window was closed before the account was connected. You can try again.',
    timedOut: 'The sign-in took too long. Please try again.',
    adminLink: 'Link for an administrator to consent for everybody',
    states: {
      none: 'Not connected',
      connecting: 'Connecting',
      connected: 'Connected',
      'needs-reconnect': 'Must reconnect',
      'needs-attention': 'Needs attention',
      disconnecting: 'Disconnecting',
    },
    notGranted: (kind: Kind) => `${kinds[kind]}: not permitted by this Microsoft account`,
    check: 'Check connection',
    checking: 'Checking…',
    checked: { healthy: 'The connection works.', unhealthy: 'The connection does not work.' },
    probes: {
      token: 'Sign-in',
      consent: 'Permissions',
      mailbox: 'Outlook mailbox',
      'to-do': 'Microsoft To Do',
      'oro-api': 'Oro interface',
      'oro-calendar': 'Oro calendar',
    } as Record<string, string>,
    probeStates: { ok: 'works', failed: 'does not work' },
  },
  attendees: {
    heading: 'Before you connect',
    question: 'What should Outlook do with the attendees of events made in Oro?',
    help: 'You can change this later under Calendar Synchronization.',
    go: 'Continue to Microsoft',
  },
  disconnect: {
    open: 'Disconnect',
    heading: 'Disconnect the Microsoft account?',
    text: 'The synchronization stops at once and the sign-in is erased. What should happen to the copies made so far?',
    choices: {
      leave: {
        label: 'Leave everything in place',
        help: 'Both calendars and task lists stay as they are.',
      },
      'remove-from-microsoft': {
        label: 'Remove our items from Microsoft 365',
        help: 'What came from Oro is removed from Outlook and To Do.',
      },
      'remove-from-oro': {
        label: 'Remove imported items from Oro',
        help: 'What came from Microsoft 365 is removed from Oro.',
      },
    },
    running: 'Disconnecting…',
    done: 'The account is disconnected.',
    removed: (side: Side, n: number) => `${count(n, 'item', 'items')} removed from ${sides[side]}.`,
    failed: 'The account could not be disconnected completely.',
  },
  agreement: {
    heading: 'Does everything agree?',
    loading: 'Looking…',
    off: 'Nothing is synchronized: calendar and tasks are switched off.',
    notConnected: 'Nothing is synchronized until an account is connected.',
    reconnect: 'Synchronization has stopped: the Microsoft account must be connected again.',
    paused: {
      user: 'Synchronization is paused.',
      organization: 'Synchronization is paused for your organization.',
      system: 'Synchronization is paused for everybody.',
    } satisfies Record<Level, string>,
    first: 'The first synchronization is under way.',
    running: 'Changes are being synchronized.',
    waiting: 'The first synchronization has not run yet.',
    throttled: 'Microsoft asks us to wait; it goes on by itself.',
    agrees: 'Everything agrees.',
    except: (parts: string[]) => `Everything agrees except ${parts.join(' and ')}.`,
    held: (n: number) => count(n, 'deletion that waits for you', 'deletions that wait for you'),
    problems: (n: number) => count(n, 'item with a problem', 'items with a problem'),
    attention: 'Synchronization needs attention.',
    since: 'Oro and Microsoft 365 last agreed at',
  },
  status: {
    heading: 'Status',
    states: {
      off: 'Off',
      idle: 'Up to date',
      queued: 'Waiting',
      running: 'In Progress',
      throttled: 'Waiting for Microsoft',
      paused: 'Paused',
      attention: 'Needs attention',
    },
    lastSync: 'Last Sync At',
    nextSync: 'Next Sync At',
    linked: 'In step',
    items: (n: number) => count(n, 'item', 'items'),
    progress: (done: number, total: number | null) =>
      total === null ? `${done} done` : `${done} of ${total}`,
    syncNow: 'Sync now',
    syncStarted: 'Synchronization has started.',
    pause: 'Pause',
    resume: 'Resume',
    paused: 'Paused. Nothing is read or written from now on.',
    resumed: 'Resumed.',
    everybody: {
      organization: {
        heading: 'Synchronization',
        running: 'Running for the organization.',
        paused: 'Paused for the organization.',
        pausedAbove: 'Paused for everybody at system level.',
        pause: 'Pause for the organization',
        resume: 'Resume for the organization',
      },
      system: {
        heading: 'Synchronization',
        running: 'Running for everybody who is connected.',
        paused: 'Paused for everybody.',
        pausedAbove: '',
        pause: 'Pause for everybody',
        resume: 'Resume for everybody',
      },
    },
  },
  needs: {
    heading: 'Needs you',
    nothing: 'Nothing needs you.',
  },
  hold: {
    heading: (n: number) => `${count(n, 'deletion waits', 'deletions wait')} for your confirmation`,
    why: (limit: number | null) =>
      limit === null
        ? 'So many at once may be a mistake. Nothing is deleted until you decide.'
        : `More than ${limit} at once may be a mistake. Nothing is deleted until you decide.`,
    would: (operation: string, side: Side) =>
      operation === 'delete' || operation === 'cancel'
        ? `would be deleted from ${sides[side]}`
        : `would be created again in ${sides[side]}`,
    all: (n: number) => `Select all ${n}`,
    confirm: (n: number) => `Delete ${count(n, 'item', 'items')}`,
    refuse: (n: number) => `Keep ${count(n, 'item', 'items')}…`,
    confirmHeading: (n: number) => `Delete ${count(n, 'item', 'items')}?`,
    confirmText: 'They were deleted on one side; now they are deleted on the other as well.',
    refuseHeading: (n: number) => `Keep ${count(n, 'item', 'items')}?`,
    refuseText: 'They stay where they still exist. And where they were deleted?',
    then: {
      unlink: { label: 'Leave them deleted there', help: 'They are no longer synchronized.' },
      recreate: { label: 'Create them again there', help: 'Both sides agree again.' },
    },
    keep: 'Keep',
    confirmed: (n: number) => `${count(n, 'deletion', 'deletions')} confirmed.`,
    refused: (n: number) => `${count(n, 'item', 'items')} kept.`,
  },
  problems: {
    heading: (n: number) =>
      count(n, 'item could not be synchronized', 'items could not be synchronized'),
    untitled: 'Without a title',
    account: 'The whole account',
    since: 'since',
    attempts: (n: number) => count(n, 'attempt', 'attempts'),
    next: 'next try',
    choices: {
      retry: 'Retry',
      ignore: 'Ignore',
      'remove-copy': 'Remove the copy',
      repair: 'Repair',
    },
    done: {
      retry: 'It is tried again now.',
      ignore: 'It is ignored from now on.',
      'remove-copy': 'The copy is being removed.',
      repair: 'It is being repaired.',
    },
  },
  settings: {
    heading: 'Settings',
    sections: {
      integrations: 'Microsoft 365 Integrations',
      synchronization: 'Synchronization Settings',
      calendar: 'Calendar Synchronization',
      tasks: 'Tasks Synchronization',
    },
    groups: {
      scope: 'What is synchronized',
      people: 'Attendees and privacy',
      safety: 'Safety',
    },
    ownHere: (n: number) => `${n} set here`,
    inherit: {
      user: 'Use Organization',
      organization: 'Use System',
      system: 'Use default',
    } satisfies Record<Level, string>,
    from: {
      user: 'Set here',
      organization: 'From the organization',
      system: 'From the system',
      default: 'Built-in default',
    },
    masterOff: 'Switched off for everybody at system level.',
    commas: 'Separate names with commas.',
    changed: 'Changed, not saved yet',
    meanwhile: (value: string) => `Meanwhile changed by somebody else to: ${value}`,
    unsaved: (n: number) => count(n, 'unsaved change', 'unsaved changes'),
    save: 'Save',
    saving: 'Saving…',
    discard: 'Discard',
    saved: 'Saved. It takes effect with the next synchronization.',
    refused: 'Not saved. Please look at the marked fields.',
    lostRace:
      'Not saved: the settings were changed elsewhere since you opened them. Your changes are kept below; look at the marked fields and save again.',
  },
  history: {
    heading: 'What happened',
    none: 'Nothing has happened yet.',
    noneHelp: 'Every change that is carried over will be listed here with its old and new values.',
    sentence: ({ operation, side }: Pick<HistoryEntry, 'operation' | 'side'>) =>
      `${deeds[operation] ?? operation}${side === null ? '' : ` in ${sides[side]}`}`,
    by: (who: string) => `by ${who}`,
    old: 'before',
    new: 'after',
    lost: 'lost, kept here',
    nothing: 'empty',
  },
  accounts: {
    heading: 'Accounts',
    filter: 'Show',
    attention: 'Needs attention',
    all: 'All',
    fine: 'No account needs attention.',
    none: 'Nobody has connected an account yet.',
    someNeed: (n: number, more: boolean) =>
      more
        ? `More than ${n} accounts need attention.`
        : count(n, 'account needs attention.', 'accounts need attention.'),
    user: 'User',
    microsoft: 'Microsoft account',
    state: 'State',
    agreed: 'Last agreement',
    problems: 'Problems',
    held: 'Held',
    nameless: (accountId: string) => `Account ${accountId}`,
  },
}
