import { useState } from 'preact/hooks'
import { fields, type ChoiceField } from '../../shared/settings/fields'
import { texts } from '../texts'
import { Dialog } from './dialog'
import { RadioChoice } from './radio-choice'

interface AttendeesQuestionProps {
  /** What holds without an answer. */
  effective: string
  onAnswer: (attendees: string) => void
  onClose: () => void
}

/** Asked before Connect, since the default means that Outlook mails nobody (DESIGN 6). */
export function AttendeesQuestion({ effective, onAnswer, onClose }: AttendeesQuestionProps) {
  const [chosen, setChosen] = useState(effective)
  const { values } = fields['calendar.attendees'] as ChoiceField
  return (
    <Dialog
      heading={texts.attendees.heading}
      action={texts.attendees.go}
      onAction={() => {
        onAnswer(chosen)
      }}
      onClose={onClose}
    >
      <RadioChoice
        legend={texts.attendees.question}
        options={values.map(({ value, label, means }) => ({ value, label, help: means }))}
        chosen={chosen}
        onChoose={setChosen}
      />
      <p class="help">{texts.attendees.help}</p>
    </Dialog>
  )
}
