namespace Muster.Pql.Patterns;

/// <summary>What an instruction of a pattern's program does.</summary>
internal enum PatternStep
{
    /// <summary>Takes a character of the set.</summary>
    Take,

    /// <summary>Goes on at First; if that fails, at Second.</summary>
    Try,

    /// <summary>Goes on at First.</summary>
    Jump,

    /// <summary>Notes the position in slot First.</summary>
    Note,

    /// <summary>Goes on at Second if nothing was taken since slot First was noted: such a repetition would not end.</summary>
    SkipIfEmpty,

    /// <summary>Is at the place.</summary>
    Stand,

    /// <summary>Takes the text of group First again; Second is 1 if case does not count.</summary>
    Repeat,

    /// <summary>Runs what follows, up to Accept, once; goes on at First. Nothing within is tried again.</summary>
    Atomic,

    /// <summary>As Atomic, but nothing is taken; with a Look that may be behind or negative.</summary>
    Look,

    /// <summary>Ends the program, or the part that Atomic or Look runs.</summary>
    Accept,
}

/// <summary>One instruction.</summary>
internal sealed record PatternInstruction(PatternStep Step, int First = 0, int Second = 0)
{
    public CharacterSet? Set { get; init; }

    public Anchor Anchor { get; init; }

    public LookPattern? Look { get; init; }

    /// <summary>How far behind a look begins at most.</summary>
    public int Reach { get; init; }
}

/// <summary>A pattern as a program for <see cref="BacktrackingMatcher"/>. Slots 2n and 2n + 1 hold group n; further ones guard
/// loops.</summary>
internal sealed class PatternProgram
{
    private readonly List<PatternInstruction> _code = [];

    private PatternProgram(ParsedPattern pattern)
    {
        Groups = pattern.Groups;
        Slots = 2 * (pattern.Groups + 1);
        Append(pattern.Root);
        Add(new PatternInstruction(PatternStep.Accept));
    }

    public IReadOnlyList<PatternInstruction> Code => _code;

    public int Groups { get; }

    public int Slots { get; private set; }

    /// <summary>The caller sees to it that the pattern is small (<see cref="PatternMeasure.Size"/>).</summary>
    public static PatternProgram Of(ParsedPattern pattern) => new(pattern);

    private int Add(PatternInstruction instruction)
    {
        _code.Add(instruction);
        return _code.Count - 1;
    }

    private void Append(PatternNode node)
    {
        switch (node)
        {
            case SetPattern set: Add(new PatternInstruction(PatternStep.Take) { Set = set.Set }); break;
            case AnchorPattern anchor: Add(new PatternInstruction(PatternStep.Stand) { Anchor = anchor.Anchor }); break;
            case BackReferencePattern reference:
                Add(new PatternInstruction(PatternStep.Repeat, reference.Group, reference.IgnoreCase ? 1 : 0));
                break;
            case SequencePattern sequence:
                foreach (PatternNode part in sequence.Parts) Append(part);
                break;
            case GroupPattern group:
                Add(new PatternInstruction(PatternStep.Note, 2 * group.Number));
                Append(group.Body);
                Add(new PatternInstruction(PatternStep.Note, 2 * group.Number + 1));
                break;
            case AlternationPattern alternation: AppendChoices(alternation.Choices); break;
            case AtomicPattern atomic: AppendPart(new PatternInstruction(PatternStep.Atomic), () => Append(atomic.Body)); break;
            case LookPattern look:
                int reach = look.IsBehind ? (int)(PatternMeasure.MaximumLength(look.Body) ?? 0) : 0;
                AppendPart(new PatternInstruction(PatternStep.Look) { Look = look, Reach = reach }, () => Append(look.Body));
                break;
            case RepeatPattern { Mode: RepeatMode.Possessive } repeat:
                AppendPart(new PatternInstruction(PatternStep.Atomic), () => AppendRepeat(repeat, isLazy: false));
                break;
            case RepeatPattern repeat: AppendRepeat(repeat, repeat.Mode == RepeatMode.Lazy); break;
        }
    }

    private void AppendPart(PatternInstruction opening, Action body)
    {
        int start = Add(opening);
        body();
        Add(new PatternInstruction(PatternStep.Accept));
        _code[start] = opening with { First = _code.Count };
    }

    private void AppendChoices(IReadOnlyList<PatternNode> choices)
    {
        List<int> exits = [];
        for (int i = 0; i < choices.Count; i++)
        {
            int fork = i < choices.Count - 1 ? Add(new PatternInstruction(PatternStep.Try)) : -1;
            Append(choices[i]);
            if (fork < 0) continue;
            exits.Add(Add(new PatternInstruction(PatternStep.Jump)));
            _code[fork] = new PatternInstruction(PatternStep.Try, fork + 1, _code.Count);
        }
        foreach (int exit in exits) _code[exit] = new PatternInstruction(PatternStep.Jump, _code.Count);
    }

    private void AppendRepeat(RepeatPattern repeat, bool isLazy)
    {
        for (int i = 0; i < repeat.Minimum; i++) Append(repeat.Body);
        if (repeat.Maximum is { } maximum)
        {
            List<int> forks = [];
            for (int i = repeat.Minimum; i < maximum; i++)
            {
                forks.Add(Add(new PatternInstruction(PatternStep.Try)));
                Append(repeat.Body);
            }
            foreach (int fork in forks) _code[fork] = Fork(fork + 1, _code.Count, isLazy);
            return;
        }
        int loop = Add(new PatternInstruction(PatternStep.Try));
        bool mayBeEmpty = PatternMeasure.MinimumLength(repeat.Body) == 0;
        int slot = mayBeEmpty ? Slots++ : 0;
        if (mayBeEmpty) Add(new PatternInstruction(PatternStep.Note, slot));
        Append(repeat.Body);
        int guard = mayBeEmpty ? Add(new PatternInstruction(PatternStep.SkipIfEmpty)) : -1;
        Add(new PatternInstruction(PatternStep.Jump, loop));
        if (guard >= 0) _code[guard] = new PatternInstruction(PatternStep.SkipIfEmpty, slot, _code.Count);
        _code[loop] = Fork(loop + 1, _code.Count, isLazy);
    }

    private static PatternInstruction Fork(int body, int exit, bool isLazy) =>
        isLazy ? new PatternInstruction(PatternStep.Try, exit, body) : new PatternInstruction(PatternStep.Try, body, exit);
}
