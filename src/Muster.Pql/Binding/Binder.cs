using Muster.Pql.Diagnostics;
using Muster.Pql.Formatting;
using Muster.Pql.Syntax;
using Muster.Pql.Types;

namespace Muster.Pql.Binding;

/// <summary>
/// Gives a syntax tree its meaning: resolves names, types every node, makes coercions explicit and lowers sugar. Faults become diagnostics;
/// an erroneous part gets an unknown type, which fits everywhere, so that one fault is reported once. This file: dispatch and the simple
/// nodes.
/// </summary>
internal sealed partial class Binder
{
    private readonly ProfileSchema _schema;
    private readonly DiagnosticBag _diagnostics;
    private readonly Variable _root;
    private Scope _scope;

    private Binder(ProfileSchema schema, DiagnosticBag diagnostics)
    {
        _schema = schema;
        _diagnostics = diagnostics;
        _root = new Variable("profile", schema.Profile, VariableRole.Root);
        _scope = new Scope(null, null, new BoundVariable(_root, default));
    }

    /// <summary>
    /// Binds a query; <paramref name="asSegment"/> makes its value Boolean. The result is of use only if there is no error.
    /// </summary>
    public static BoundQuery Bind(SyntaxNode query, ProfileSchema schema, bool asSegment, DiagnosticBag diagnostics)
    {
        Binder binder = new(schema, diagnostics);
        BoundExpression body = query is LambdaSyntax lambda ? binder.BindQueryFunction(lambda) : binder.Bind(query);
        return new BoundQuery(binder._root, asSegment ? Coercion.ToBoolean(body) : body);
    }

    /// <summary><c>(P) => body</c> as the whole query names its parameter.</summary>
    private BoundExpression BindQueryFunction(LambdaSyntax lambda)
    {
        if (lambda.Parameters.Count > 1) Error(DiagnosticCodes.Arity, lambda.Span, "A query has one parameter, the profile.");
        foreach (string parameter in lambda.Parameters) _scope = _scope.WithVariable(parameter, new BoundVariable(_root, lambda.Span));
        return Bind(lambda.Body);
    }

    private BoundExpression Bind(SyntaxNode node) => node switch
    {
        LiteralSyntax literal => new BoundConstant(literal.Value, TypeOfLiteral(literal.Value), literal.Span),
        NameSyntax name => BindName(name),
        ItemSyntax item => BindItem(item),
        ParameterSyntax parameter => BindParameter(parameter),
        MemberSyntax member => Access(Bind(member.Target), member.Name, member.Span),
        TimeWordSyntax { DayOffset: { } offset } => new BoundRelativeDay(offset, node.Span),
        TimeWordSyntax => new BoundNow(node.Span),
        CallSyntax call => BindCall(call),
        FilterSyntax filter => BindFilter(filter),
        UnarySyntax { IsNegation: true } negation => BindNegation(negation),
        UnarySyntax not => new BoundNot(BindBoolean(not.Operand), not.Span),
        LogicalSyntax logical => new BoundLogical(logical.IsAnd, logical.Operands.Select(BindBoolean).ToArray(), logical.Span),
        BinarySyntax binary => BindBinary(binary),
        ListSyntax list => BindList(list),
        ObjectSyntax literal => BindObject(literal),
        LetSyntax let => BindLet(let),
        SelectSyntax select => BindSelect(select),
        QuantificationSyntax quantification => BindQuantification(quantification),
        AggregateSyntax aggregate => BindAggregate(aggregate),
        OccursSyntax occurs => BindOccurs(occurs),
        ChainSyntax chain => BindChain(chain),
        ContextReferenceSyntax => Error(DiagnosticCodes.Misplaced, node.Span, "There is no context other than the profile here."),
        LambdaSyntax => Error(DiagnosticCodes.Misplaced, node.Span, "A function can only be the argument of a function on arrays."),
        _ => Error(DiagnosticCodes.Misplaced, node.Span, "This means nothing here."),
    };

    private BoundExpression BindBoolean(SyntaxNode node) => Coercion.ToBoolean(Bind(node));

    private BoundExpression Error(string code, TextSpan span, string message)
    {
        _diagnostics.Error(code, span, message);
        return Invalid(span);
    }

    private static BoundConstant Invalid(TextSpan span) => new(null, DataType.Unknown, span);

    private static bool IsInvalid(BoundExpression expression) => expression is BoundConstant { Value: null, Type.Kind: TypeKind.Unknown };

    private static DataType TypeOfLiteral(object? value) => value switch
    {
        null => DataType.Null,
        bool => DataType.Boolean,
        long => DataType.Integer,
        double => DataType.Double,
        _ => DataType.String,
    };

    private BoundExpression BindBinary(BinarySyntax binary)
    {
        if (IsNullTest(binary)) return WarnOfNull(binary);
        BoundExpression left = Bind(binary.Left), right = Bind(binary.Right);
        return binary.Operator switch
        {
            "in" or "notIn" => BindMembership(left, right, binary.Operator == "notIn", ignoreCase: false, binary.Span),
            "like" => BindStringTest(StringTest.Like, left, right, ignoreCase: false, negated: false, binary.Span),
            "matches" => BindStringTest(StringTest.Matches, left, right, ignoreCase: false, negated: false, binary.Span),
            "?:" => BindDefault(left, right, binary.Span),
            "+" or "-" or "*" or "/" or "%" => BindArithmetic(binary.Operator, left, right, binary.Span),
            _ => Compare(Keywords.Comparisons[binary.Operator], left, right, ignoreCase: false, binary.Span),
        };
    }

    private static bool IsNullTest(BinarySyntax binary) => binary.Operator is "=" or "!="
        && binary.Right is LiteralSyntax { Value: null, Span.Length: > 0 } && binary.Left is not LiteralSyntax { Value: null };

    /// <summary><c>x = null</c> is false whatever x is; what is meant is a test of presence.</summary>
    private BoundConstant WarnOfNull(BinarySyntax binary)
    {
        Bind(binary.Left);
        string method = binary.Operator == "=" ? "isNull" : "isNotNull";
        DiagnosticFix fix = new(binary.Span, TextPrinter.Print(SyntaxTree.Call(method, [binary.Left], binary.Span)));
        _diagnostics.Warning(DiagnosticCodes.AlwaysFalse, binary.Span,
            $"A comparison with null is always false; {method}() asks whether there is a value.", fix);
        return new BoundConstant(false, DataType.Boolean, binary.Span);
    }

    private BoundExpression BindLet(LetSyntax let)
    {
        BoundExpression value = Bind(let.Value);
        Variable variable = new(let.Name, value.Type, VariableRole.Let);
        if (IsGrouping(value)) _groupings.Add(variable);
        Scope outer = _scope;
        _scope = _scope.WithVariable(let.Name, new BoundVariable(variable, let.Span));
        BoundExpression body = Bind(let.Body);
        _scope = outer;
        return new BoundLet(variable, value, body, let.Span);
    }
}
