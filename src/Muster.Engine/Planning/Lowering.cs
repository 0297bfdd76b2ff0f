using Muster.Engine.Nodes;
using Muster.Pql;
using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Planning;

/// <summary>
/// Turns bound queries into nodes of one graph. Variables become rows of domains, so queries that differ only in names share their nodes;
/// an
/// expression that uses only outer variables becomes a node of the outer domain and is gathered where it is needed.
/// </summary>
internal sealed partial class Lowering
{
    private readonly NodeGraph _graph;
    private readonly Slot _root;
    private readonly Func<string, Node?> _segmentFormula;
    private int _interpreted;
    private Variable? _rootVariable;

    /// <param name="graph">Where nodes go.</param>
    /// <param name="segmentFormula">The node of a segment of the same plan; null for others.</param>
    public Lowering(NodeGraph graph, Func<string, Node?> segmentFormula)
    {
        _graph = graph;
        _root = new Slot(graph.Profiles, null, null);
        _segmentFormula = segmentFormula;
    }

    /// <summary>The truth of a query for each profile.</summary>
    public Node Lower(BoundQuery query)
    {
        Variable? before = _rootVariable;
        _rootVariable = query.Root;
        var profile = new LoweredRow(_graph.Own(_graph.Profiles), "", query.Root.Type, _root);
        LoweredScalar truth = Truth(query.Body, new Scope(_root, null).With(query.Root, profile));
        Node node = Lift(truth, _root);
        _rootVariable = before;
        if (!BoundQuestions.MayOverflow(query.Body)) return node;
        return _graph.Add(new ExactNode(node, query, SegmentNodes(query.Body)));
    }

    private Lowered Lower(BoundExpression expression, Scope scope)
    {
        try
        {
            return LowerNode(expression, scope);
        }
        catch (NotVectorisedException) when (CanInterpret(expression))
        {
            return Interpret(expression);
        }
    }

    private bool CanInterpret(BoundExpression expression) =>
        expression.Type.IsScalar && BoundQuestions.FreeVariables(expression).All(variable => variable == _rootVariable);

    private LoweredScalar Interpret(BoundExpression expression)
    {
        var query = new BoundQuery(_rootVariable!, expression);
        return Scalar(_graph.Add(new InterpretNode(_graph.Profiles, query, _interpreted++, SegmentNodes(expression))), expression.Type, _root);
    }

    private List<KeyValuePair<string, Node>> SegmentNodes(BoundExpression expression) =>
        BoundQuestions.SegmentsOf(expression).Select(id => KeyValuePair.Create(id, SegmentNode(id))).ToList();

    private Lowered LowerNode(BoundExpression expression, Scope scope) => expression switch
    {
        BoundConstant node => Constant(node),
        BoundNow => Scalar(_graph.Add(new RunTimeNode(_graph.Profiles, null)), DataType.Timestamp, _root),
        BoundRelativeDay node => Scalar(_graph.Add(new RunTimeNode(_graph.Profiles, node.Offset)), DataType.Date, _root),
        BoundVariable node => scope.Find(node.Variable) ?? throw new NotVectorisedException($"'{node.Variable.Name}' has no rows here."),
        BoundField node => Field(node, scope),
        BoundMapValue node => MapValue(node, scope),
        BoundConversion node => Conversion(node, scope),
        BoundPresence node => Truth(node.Operand, scope),
        BoundNullTest node => NullTest(node, scope),
        BoundEmptyTest node => EmptyTest(node, scope),
        BoundLogical node => Combine(node.IsAnd, node.Operands.Select(operand => Truth(operand, scope)).ToList(), scope.Current),
        BoundNot node => Not(Truth(node.Operand, scope)),
        BoundComparison node => Comparison(node, scope),
        BoundMembership node => Membership(node, scope),
        BoundArithmetic node => Arithmetic(node, scope),
        BoundNegation node => Negation(node, scope),
        BoundConditional node => Conditional(node, scope),
        BoundDefault node => Default(node, scope),
        BoundStringTest node => StringTestOf(node, scope),
        BoundLet node => Lower(node.Body, scope.With(node.Variable, Lower(node.Value, scope))),
        BoundInSegment node => Scalar(SegmentNode(node.SegmentId), DataType.Boolean, _root),
        BoundCall { Function: "join" } node => JoinOf(node, scope),
        BoundCall node => Call(node, scope),
        BoundDate node => DateOf(node, scope),
        BoundOccurs node => Occurs(ScalarOf(node.Timestamp, scope), node.Window, scope),
        BoundChain node => Chain(node, scope),
        BoundQuantification node => Quantification(node, scope),
        BoundAggregate node => AggregateOf(node, scope),
        BoundHead node => Head(node, scope),
        BoundSetOperation { Operation: not SetOperation.Intersection } node => SetOperationOf(node, scope),
        BoundSelect or BoundMapping or BoundMapParts or BoundRanking or BoundDistinct or BoundSetOperation or BoundGrouping or BoundMapConstruction => new LoweredSequence(expression, scope),
        _ => throw new NotVectorisedException(expression.GetType().Name),
    };

    private Node SegmentNode(string id) => _segmentFormula(id) ?? _graph.Add(new MembersNode(_graph.Profiles, id));

    /// <summary>The value in a Boolean position: null is false.</summary>
    private LoweredScalar Truth(BoundExpression expression, Scope scope)
    {
        Lowered lowered = Lower(expression, scope);
        if (lowered is LoweredScalar { Node.Kind: ValueKind.Bits } truth) return IsNull(truth) ? False() : truth;
        return Present(lowered);
    }

    private LoweredScalar ScalarOf(BoundExpression expression, Scope scope) =>
        Lower(expression, scope) as LoweredScalar ?? throw new NotVectorisedException($"{expression.GetType().Name} is no scalar.");

    // What turned out to be constant is the same in all rows, so it belongs to none in particular.
    private LoweredScalar Scalar(Node node, DataType type, Slot slot) => node is ConstantNode constant && slot != _root
        ? new(_graph.Add(new ConstantNode(_graph.Profiles, constant.Kind, constant.Value)), type, _root)
        : new(node, type, slot);

    private LoweredScalar Bits(Node node, Slot slot) => Scalar(_graph.Add(node), DataType.Boolean, slot);

    private LoweredScalar False() => Bits(new ConstantNode(_graph.Profiles, ValueKind.Bits, false), _root);

    private LoweredScalar True() => Bits(new ConstantNode(_graph.Profiles, ValueKind.Bits, true), _root);

    private LoweredScalar Null() => Scalar(_graph.Add(new ConstantNode(_graph.Profiles, ValueKind.Bits, null)), DataType.Null, _root);

    private static bool IsNull(LoweredScalar scalar) => scalar.Node is ConstantNode { Value: null };

    /// <summary>
    /// The slot to which all rows of both belong: the wider of two that are nested, else the first around here that leads to both.
    /// </summary>
    private static Slot Meet(Slot first, Slot second, Slot current)
    {
        if (first.LeadsTo(second)) return first;
        if (second.LeadsTo(first)) return second;
        Slot? found = null;
        for (Slot? slot = current; slot is not null; slot = slot.Parent)
            if (slot.LeadsTo(first) && slot.LeadsTo(second)) found = slot;
        return found ?? throw new NotVectorisedException("Rows of two arrays do not meet here.");
    }

    private static Slot Meet(IEnumerable<LoweredScalar> scalars, Slot current)
    {
        Slot? meet = null;
        foreach (LoweredScalar scalar in scalars) meet = meet is null ? scalar.Slot : Meet(meet, scalar.Slot, current);
        return meet ?? current;
    }

    /// <summary>The scalar for each row of <paramref name="target"/>.</summary>
    private Node Lift(LoweredScalar scalar, Slot target) => Lift(scalar.Node, scalar.Slot, target);

    private Node Lift(Node node, Slot from, Slot target)
    {
        if (from == target) return node;
        // A constant is the same in all rows: no need to gather it.
        if (node is ConstantNode constant) return _graph.Add(new ConstantNode(target.Domain, constant.Kind, constant.Value));
        if (node is RunTimeNode time) return _graph.Add(new RunTimeNode(target.Domain, time.DayOffset));
        if (target.Parent?.LeadsTo(from) == true) return _graph.Add(new GatherNode(target.Domain, Lift(node, from, target.Parent), target.ParentVia));
        if (target.Inner?.LeadsTo(from) == true) return _graph.Add(new GatherNode(target.Domain, Lift(node, from, target.Inner), GatherKind.Inner));
        throw new NotVectorisedException("A value is used outside of its rows.");
    }

    /// <summary>The widest slot whose rows decide all variables of an expression: where it is evaluated, wherever it stands.</summary>
    private Slot Ambient(BoundExpression expression, Scope scope)
    {
        Slot ambient = _root;
        foreach (Variable variable in BoundQuestions.FreeVariables(expression))
        {
            Slot slot = scope.Find(variable) switch
            {
                null => throw new NotVectorisedException($"'{variable.Name}' has no rows here."),
                LoweredSequence sequence => Ambient(sequence.Expression, sequence.Scope),
                var lowered => lowered.Slot,
            };
            ambient = Meet(ambient, slot, scope.Current);
        }
        return ambient;
    }
}
