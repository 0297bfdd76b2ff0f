using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Planning;

/// <summary>
/// The rows that a variable walks over, at one place of a query: two variables over the same domain have two slots. A slot leads to wider
/// ones
/// through its parent and, for pairs, also through the inner slot.
/// </summary>
internal sealed class Slot(Domain domain, Slot? parent, Slot? inner)
{
    public Domain Domain { get; } = domain;

    public Slot? Parent { get; } = parent;

    public Slot? Inner { get; } = inner;

    public GatherKind ParentVia => Domain.IsPairs ? GatherKind.Outer : GatherKind.Parent;

    /// <summary>True if each row of this slot belongs to one row of <paramref name="other"/>, or they are the same.</summary>
    public bool LeadsTo(Slot other) => this == other || Parent?.LeadsTo(other) == true || Inner?.LeadsTo(other) == true;
}

/// <summary>What an expression became: one value a row of its slot.</summary>
internal abstract record Lowered(Slot Slot);

/// <summary>A scalar.</summary>
internal sealed record LoweredScalar(Node Node, DataType Type, Slot Slot) : Lowered(Slot);

/// <summary>An object: the rows of a source, or what is under a dotted path of them.</summary>
internal sealed record LoweredRow(RowSource Source, string Path, DataType Type, Slot Slot) : Lowered(Slot);

/// <summary>A stored array or map: the child level of that path.</summary>
internal sealed record LoweredElements(RowSource Source, string Path, DataType Type, Slot Slot) : Lowered(Slot);

/// <summary>A group of elements that were entered by a clause: its key and its items.</summary>
internal sealed record LoweredGroup(Entered Elements, LoweredScalar Key, Slot Slot) : Lowered(Slot);

/// <summary>The items of a group.</summary>
internal sealed record LoweredGroupItems(LoweredGroup Group) : Lowered(Group.Slot);

/// <summary>A computed array: walked where it is used.</summary>
internal sealed record LoweredSequence(BoundExpression Expression, Scope Scope) : Lowered(Scope.Current);

/// <summary>Where an expression stands: the innermost rows, and what its variables mean.</summary>
internal sealed record Scope(Slot Current, Binding? Bindings)
{
    public Scope With(Variable variable, Lowered value) => this with { Bindings = new Binding(variable, value, Bindings) };

    public Lowered? Find(Variable variable)
    {
        for (Binding? binding = Bindings; binding is not null; binding = binding.Next)
            if (binding.Variable == variable) return binding.Value;
        return null;
    }
}

/// <summary>One variable of a scope.</summary>
internal sealed record Binding(Variable Variable, Lowered Value, Binding? Next);

/// <summary>
/// The rows of an array as entered by a clause: its elements, which rows of the slot are among them, and in which order they are, as whole
/// numbers; without one in that of the slot.
/// </summary>
internal sealed record Entered(Scope Scope, Lowered Item, IReadOnlyList<LoweredScalar> Conditions, LoweredScalar? Order = null)
{
    public Slot Slot => Scope.Current;
}

/// <summary>An expression has no vectorised form; the nearest expression over the profile alone is interpreted instead.</summary>
internal sealed class NotVectorisedException(string reason) : Exception(reason);
