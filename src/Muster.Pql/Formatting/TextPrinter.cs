using System.Globalization;
using System.Text;
using Muster.Pql.Syntax;
using Muster.Pql.Text;

namespace Muster.Pql.Formatting;

/// <summary>
/// Prints a syntax tree as canonical text: lower-case keywords, method style, double quotes and no bracket that the grammar does not need.
/// Parsing the text gives the same tree.
/// </summary>
internal sealed partial class TextPrinter
{
    private static readonly HashSet<string> PrefixFunctions =
        new(["if", "date", "inSegment", "mapEntry", "stringCompare"], StringComparer.Ordinal);

    private readonly StringBuilder _text = new();

    // Within the value of a let, outside of brackets: an `in` there would end it.
    private bool _bracketIn;

    private TextPrinter()
    {
    }

    public static string Print(SyntaxNode query)
    {
        TextPrinter printer = new();
        printer.Write(query, Precedence.Open);
        return printer._text.ToString();
    }

    /// <summary>Writes a node where only operators that bind as tightly as <paramref name="minimum"/> may stand without brackets.</summary>
    private void Write(SyntaxNode node, int minimum)
    {
        bool needsBrackets = PrecedenceOf(node) < minimum || (_bracketIn && node is BinarySyntax { Operator: "in" });
        if (needsBrackets) Bracketed('(', ')', () => WriteNode(node));
        else WriteNode(node);
    }

    private void Bracketed(char opening, char closing, Action write)
    {
        bool outer = _bracketIn;
        _bracketIn = false;
        _text.Append(opening);
        write();
        _text.Append(closing);
        _bracketIn = outer;
    }

    private static int PrecedenceOf(SyntaxNode node) => node switch
    {
        LogicalSyntax { IsAnd: false } => Precedence.Or,
        LogicalSyntax => Precedence.And,
        UnarySyntax { IsNegation: false } => Precedence.Not,
        UnarySyntax => Precedence.Unary,
        LiteralSyntax { Value: long or double } literal when IsNegative(literal.Value) => Precedence.Unary,
        OccursSyntax => Precedence.Comparison,
        BinarySyntax binary => binary.Operator switch
        {
            "?:" => Precedence.Default,
            "+" or "-" => Precedence.Additive,
            "*" or "/" or "%" => Precedence.Multiplicative,
            _ => Precedence.Comparison,
        },
        LambdaSyntax or LetSyntax or SelectSyntax or QuantificationSyntax or AggregateSyntax => Precedence.Open,
        _ => Precedence.Postfix,
    };

    private static bool IsNegative(object? value) => value is < 0L || (value is double number && double.IsNegative(number));

    private void WriteNode(SyntaxNode node)
    {
        switch (node)
        {
            case LiteralSyntax literal: _text.Append(Literal(literal.Value)); break;
            case NameSyntax name: _text.Append(Name(name.Name, Keywords.Quoted.Contains(name.Name))); break;
            case ItemSyntax item: _text.Append(item.Level == 0 ? "this" : $"({new string('^', item.Level)})"); break;
            case ParameterSyntax parameter: _text.Append(CultureInfo.InvariantCulture, $"${parameter.Position}"); break;
            case ContextReferenceSyntax context: _text.Append("@{").Append(context.Id).Append('}'); break;
            case TimeWordSyntax word: _text.Append(TimeWords.Name(word.DayOffset)); break;
            case MemberSyntax member: WriteMember(member); break;
            case CallSyntax call: WriteCall(call); break;
            case FilterSyntax filter:
                Write(filter.Target, Precedence.Postfix);
                Bracketed('[', ']', () => Write(filter.Condition, Precedence.Open));
                break;
            case UnarySyntax unary:
                _text.Append(unary.IsNegation ? "-" : "not ");
                Write(unary.Operand, unary.IsNegation ? Precedence.Unary : Precedence.Not);
                break;
            case LogicalSyntax logical:
                WriteSeparated(logical.IsAnd ? " and " : " or ", logical.Operands, logical.IsAnd ? Precedence.Not : Precedence.And);
                break;
            case BinarySyntax binary: WriteBinary(binary); break;
            case ListSyntax list: Bracketed('[', ']', () => WriteSeparated(", ", list.Elements, Precedence.Or)); break;
            case ObjectSyntax literal: Bracketed('{', '}', () => WriteFields(literal)); break;
            default: WriteConstruct(node); break;
        }
    }

    private void WriteMember(MemberSyntax member)
    {
        if (member.Target is ItemSyntax { Level: > 0 } item)
        {
            _text.Append('^', item.Level);
        }
        else
        {
            Write(member.Target, Precedence.Postfix);
            _text.Append('.');
        }
        _text.Append(Name(member.Name, isReserved: false));
    }

    private void WriteCall(CallSyntax call)
    {
        IReadOnlyList<SyntaxNode> arguments = call.Arguments;
        bool isMethod = arguments.Count > 0 && !PrefixFunctions.Contains(call.Function);
        if (isMethod)
        {
            Write(arguments[0], Precedence.Postfix);
            _text.Append('.').Append(Name(call.Function, isReserved: false));
            arguments = arguments.Skip(1).ToArray();
        }
        else
        {
            _text.Append(call.Function);
        }
        Bracketed('(', ')', () => WriteArguments(arguments));
    }

    /// <summary>Arguments: a lambda needs no brackets there, but clauses would swallow the next comma.</summary>
    private void WriteArguments(IReadOnlyList<SyntaxNode> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            if (i > 0) _text.Append(", ");
            Write(arguments[i], arguments[i] is LambdaSyntax ? Precedence.Open : Precedence.Or);
        }
    }

    private void WriteSeparated(string separator, IReadOnlyList<SyntaxNode> nodes, int minimum)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            if (i > 0) _text.Append(separator);
            Write(nodes[i], minimum);
        }
    }

    private void WriteBinary(BinarySyntax binary)
    {
        int own = PrecedenceOf(binary);
        // Comparisons do not chain, ?: groups to the right, arithmetic to the left.
        int left = own is Precedence.Comparison or Precedence.Default ? own + 1 : own;
        int right = own == Precedence.Default ? own : own + 1;
        Write(binary.Left, left);
        _text.Append(' ').Append(binary.Operator).Append(' ');
        Write(binary.Right, right);
    }

    private void WriteFields(ObjectSyntax literal)
    {
        for (int i = 0; i < literal.Fields.Count; i++)
        {
            if (i > 0) _text.Append(", ");
            _text.Append(Quoted(literal.Fields[i].Name)).Append(": ");
            Write(literal.Fields[i].Value, Precedence.Or);
        }
    }

    private static string Name(string name, bool isReserved)
    {
        bool isPlain = !isReserved && name.Length > 0 && Lexer.IsIdentifierStart(name[0]) && name.All(Lexer.IsIdentifierPart);
        return isPlain ? name : $"`{name}`";
    }

    private static string Literal(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => NumberText.Of(number),
        _ => Quoted((string)value),
    };

    private static string Quoted(string value)
    {
        StringBuilder text = new("\"", value.Length + 2);
        foreach (char c in value)
        {
            switch (c)
            {
                case '"' or '\\': text.Append('\\').Append(c); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case < ' ' or '\u007f': text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"); break;
                default: text.Append(c); break;
            }
        }
        return text.Append('"').ToString();
    }
}
