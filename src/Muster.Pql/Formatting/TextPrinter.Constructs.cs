using System.Globalization;
using Muster.Pql.Binding;
using Muster.Pql.Syntax;

namespace Muster.Pql.Formatting;

/// <summary>Printing of what has keywords.</summary>
internal sealed partial class TextPrinter
{
    private void WriteConstruct(SyntaxNode node)
    {
        switch (node)
        {
            case LambdaSyntax lambda: WriteLambda(lambda); break;
            case LetSyntax let: WriteLet(let); break;
            case SelectSyntax select:
                _text.Append("select ");
                WriteClauses(select.Clauses);
                break;
            case QuantificationSyntax quantification:
                _text.Append(QuantifierName(quantification.Quantifier)).Append(' ');
                WriteClauses(quantification.Clauses);
                break;
            case AggregateSyntax aggregate: WriteAggregate(aggregate); break;
            case OccursSyntax occurs:
                Write(occurs.Timestamp, Precedence.Default);
                _text.Append(" occurs ");
                WriteQualification(occurs.Qualification, isOnSaid: true);
                break;
            case ChainSyntax chain: WriteChain(chain); break;
            default: throw new NotSupportedException($"{node.GetType().Name} is printed by the node around it.");
        }
    }

    private static string QuantifierName(Quantifier quantifier) => quantifier switch
    {
        Quantifier.Some => "exists",
        Quantifier.All => "forall",
        Quantifier.None => "none",
        _ => "one",
    };

    private void WriteLambda(LambdaSyntax lambda)
    {
        string parameters = string.Join(", ", lambda.Parameters.Select(p => Name(p, Keywords.Quoted.Contains(p) && p != "this")));
        _text.Append(lambda.Parameters.Count == 1 ? parameters : $"({parameters})").Append(" => ");
        Write(lambda.Body, lambda.Body is LambdaSyntax ? Precedence.Open : Precedence.Or);
    }

    private void WriteLet(LetSyntax let)
    {
        _text.Append("let ").Append(Name(let.Name, Keywords.Quoted.Contains(let.Name))).Append(" = ");
        bool outer = _bracketIn;
        _bracketIn = true;
        Write(let.Value, Precedence.Or);
        _bracketIn = outer;
        _text.Append(" in ");
        Write(let.Body, let.Body is LetSyntax ? Precedence.Open : Precedence.Or);
    }

    private void WriteClauses(IReadOnlyList<ClauseSyntax> clauses)
    {
        for (int i = 0; i < clauses.Count; i++)
        {
            if (i > 0) _text.Append(", ");
            _text.Append(Name(clauses[i].Variable, Keywords.Quoted.Contains(clauses[i].Variable))).Append(" from ");
            Write(clauses[i].Source, Precedence.Postfix);
            if (clauses[i].Condition is not { } condition) continue;
            _text.Append(" where ");
            Write(condition, Precedence.Or);
        }
    }

    private void WriteAggregate(AggregateSyntax aggregate)
    {
        _text.Append(aggregate.Function).Append(' ');
        if (aggregate.Value is { } value)
        {
            Write(value, Precedence.Additive);
            _text.Append(" over ");
        }
        WriteClauses(aggregate.Clauses);
    }

    private void WriteQualification(TimeQualificationSyntax qualification, bool isOnSaid)
    {
        if (qualification.Comparison is not null)
        {
            _text.Append(qualification.Comparison).Append(' ');
            WriteDuration(qualification.Count!, qualification.Unit);
            _text.Append(' ');
        }
        bool isOn = qualification.Relation == TimeRelation.On;
        if (!isOn || isOnSaid) _text.Append(Enum.GetName(qualification.Relation)!.ToLowerInvariant()).Append(' ');
        WriteReference(qualification.Reference);
        if (qualification.Second is null) return;
        _text.Append(" and ");
        WriteReference(qualification.Second);
    }

    private void WriteReference(SyntaxNode reference)
    {
        if (reference is PeriodSyntax period)
            _text.Append(TimeWords.PeriodName(period.Offset)).Append(' ').Append(Keywords.UnitName(period.Unit, plural: false));
        else
            Write(reference, Precedence.Additive);
    }

    private void WriteDuration(SyntaxNode count, TimeUnit unit)
    {
        bool isNumber = count is LiteralSyntax { Value: >= 0L };
        if (isNumber) Write(count, Precedence.Postfix);
        else Bracketed('(', ')', () => Write(count, Precedence.Open));
        _text.Append(' ').Append(Keywords.UnitName(unit, plural: count is not LiteralSyntax { Value: 1L }));
    }

    private void WriteChain(ChainSyntax chain)
    {
        _text.Append("CHAIN");
        Bracketed('(', ')', () =>
        {
            Write(chain.Array, Precedence.Postfix);
            _text.Append(", ").AppendJoin('.', chain.Timestamp.Select(p => Name(p, isReserved: false))).Append(", [");
            for (int i = 0; i < chain.Links.Count; i++)
            {
                if (i > 0) _text.Append(", ");
                WriteLink(chain.Links[i]);
            }
            _text.Append(']');
        });
    }

    private void WriteLink(ChainLinkSyntax link)
    {
        if (link is ChainGapSyntax gap)
        {
            _text.Append("GAP(").Append(gap.Comparison).Append(' ');
            WriteDuration(gap.Count, gap.Unit);
            _text.Append(')');
            return;
        }
        ChainElementSyntax element = (ChainElementSyntax)link;
        if (element.Label is not null) _text.Append(Name(element.Label, Keywords.Quoted.Contains(element.Label))).Append(": ");
        _text.Append("WHAT");
        Bracketed('(', ')', () => Write(element.What, Precedence.Open));
        if (element.When is not null)
        {
            _text.Append(" WHEN");
            Bracketed('(', ')', () => WriteQualification(element.When, isOnSaid: false));
        }
        if (element.Where is not null)
        {
            _text.Append(" WHERE");
            Bracketed('(', ')', () => Write(element.Where, Precedence.Open));
        }
        if (element.Count is not null) _text.Append(" COUNT(").Append(Count(element.Count)).Append(')');
    }

    private static string Count(ChainCount count) => (count.Minimum, count.Maximum) switch
    {
        (int minimum, null) => minimum.ToString(CultureInfo.InvariantCulture),
        (int minimum, int maximum) when minimum == maximum => string.Create(CultureInfo.InvariantCulture, $"= {minimum}"),
        (0, int maximum) => string.Create(CultureInfo.InvariantCulture, $"<= {maximum}"),
        (int minimum, int maximum) => string.Create(CultureInfo.InvariantCulture, $"{minimum}, {maximum}"),
    };
}
