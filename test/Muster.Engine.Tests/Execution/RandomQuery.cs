namespace Muster.Engine.Tests.Execution;

/// <summary>Writes random queries of <see cref="RandomProfiles"/>' schema: mostly well-typed, always short.</summary>
internal sealed class RandomQuery(Random random)
{
    private int _variables;

    public static string Make(int seed) => new RandomQuery(new Random(seed)).Truth(3, [new("", Level.Profile)]);

    private enum Level
    {
        Profile,
        Event,
        Item,
        Text,
        Number,
    }

    /// <summary>An item in reach: <c>""</c> is the current one, <c>^</c> the next outer one, <c>V.</c> a variable's.</summary>
    private sealed record Reach(string Prefix, Level Level);

    private string Truth(int depth, List<Reach> scope)
    {
        if (depth <= 0) return Leaf(scope);
        return random.Next(21) switch
        {
            18 or 19 => Grouped(depth - 1, scope),
            16 => $"{Strings(scope)} {Pick("=", "!=")} {Pick("[\"a\", \"b\"]", "[]", Strings(scope), Strings(scope) + ".intersection([\"a\", \"b\", \"c\"])")}",
            17 => $"{Ranked(depth - 1, scope)}.{Pick("sum(price) > 1.5", "head().quantity > 1", "exists(quantity = 2)", "eventType.join(\",\") = \"a,b\"", "average(price) > 0.5", "min(quantity) >= 1", "count() = 2", "eventType.head() = \"a\"", "lines.sku.head() = \"b\"", "map(quantity).distinctCountWithNull() > 1")}",
            0 => $"({Truth(depth - 1, scope)} and {Truth(depth - 1, scope)})",
            1 => $"({Truth(depth - 1, scope)} or {Truth(depth - 1, scope)} or {Leaf(scope)})",
            2 => $"not ({Truth(depth - 1, scope)})",
            3 => $"(let v{++_variables} = {Whole(depth - 1, scope)} in v{_variables} {Operator()} {Constant()})",
            4 or 5 => Quantifier(depth - 1, scope),
            6 => $"{Array(depth - 1, scope, out Level level)}.exists({Truth(depth - 1, Inside(scope, level))})",
            7 => $"{Array(depth - 1, scope, out Level each)}.forall({Truth(depth - 1, Inside(scope, each))})",
            8 => $"({Whole(depth - 1, scope)} {Operator()} {Whole(depth - 1, scope)})",
            9 => $"({Fraction(depth - 1, scope)} {Operator()} {Fraction(depth - 1, scope)})",
            10 => $"if({Truth(depth - 1, scope)}, {Leaf(scope)}, {Truth(depth - 1, scope)})",
            11 => $"({Array(depth - 1, scope, out _)}).isNull()",
            12 => Chain(depth - 1, scope),
            13 => $"({Text(depth - 1, scope)} {Operator()} {Text(depth - 1, scope)})",
            14 => $"{Strings(scope)}.{Pick("intersects", "subsetOf", "supersetOf")}({Pick("[\"a\", \"b\"]", "[\"a\"]", Strings(scope), "[]")})",
            15 => $"{Text(0, scope)} {Pick("in", "notIn")} {Pick("[\"a\", \"c\"]", Strings(scope))}",
            _ => Leaf(scope),
        };
    }

    private string Leaf(List<Reach> scope) => random.Next(12) switch
    {
        0 or 1 => $"{Whole(0, scope)} {Operator()} {Constant()}",
        2 => $"{Text(0, scope)} {Pick("=", "!=")} {Pick("\"a\"", "\"b\"", "\"\"")}",
        3 => $"{Text(0, scope)}.{Pick("startsWith", "contains", "doesNotContain", "endsWith", "doesNotEndWith", "equals", "notEqualTo")}({Pick("\"A\"", "\"b\"")}{Pick("", ", false")})",
        4 => $"{Fraction(0, scope)} {Operator()} {random.Next(-2, 5)}.5",
        5 or 6 => $"{Time(scope)} occurs {Window(scope)}",
        7 => $"{Anything(scope)}.{Pick("isNull", "isNotNull")}()",
        8 => $"{Whole(0, scope)} {Pick("in", "notIn")} [1, 2, 5]",
        9 => $"{Text(0, scope)} {Pick("like \"a%\"", "like \"%_b\"", "matches \"[ab]b\"")}",
        10 => Reached(scope, Level.Profile) is { } root ? root + "vip" : "true",
        _ => Anything(scope),
    };

    private string Quantifier(int depth, List<Reach> scope)
    {
        string first = $"V{++_variables}";
        string source = Array(depth, scope, out Level level);
        List<Reach> inner = [.. scope, new(level is Level.Text or Level.Number ? first : first + ".", level)];
        string clauses = $"{first} from {source} where {Truth(depth, inner)}";
        if (random.Next(3) == 0 && depth > 0)
        {
            string second = $"V{++_variables}";
            string other = Array(depth - 1, inner, out Level otherLevel);
            clauses += $", {second} from {other} where {Truth(depth - 1, [.. inner, new(otherLevel is Level.Text or Level.Number ? second : second + ".", otherLevel)])}";
        }
        return $"({Pick("exists", "exists", "forall", "none", "one")} {clauses})";
    }

    private string Array(int depth, List<Reach> scope, out Level level)
    {
        string array;
        switch (random.Next(8))
        {
            case 0 or 1 or 2:
                (array, level) = ("$1.xEvent", Level.Event);
                break;
            case 3 when Reached(scope, Level.Event) is { } owner:
                (array, level) = (owner + "lines", Level.Item);
                break;
            case 4:
                (array, level) = ("$1.xEvent.lines", Level.Item);
                break;
            case 5:
                (array, level) = (Strings(scope), Level.Text);
                break;
            case 6:
                (array, level) = (Pick("$1.numbers", "$1.xEvent.quantity", "$1.xEvent.map(quantity + 1)"), Level.Number);
                break;
            default:
                (array, level) = ("$1.items", Level.Item);
                break;
        }
        return depth > 0 && random.Next(3) == 0 ? $"{array}[{Truth(depth - 1, Inside(scope, level))}]" : array;
    }

    private string OverTwo(int depth, List<Reach> scope)
    {
        string outer = $"X{++_variables}", part = $"L{_variables}";
        string condition = Truth(depth, [.. scope, new(outer + ".", Level.Event)]);
        return $"({Pick("min", "max", "sum", "average")} {part}.quantity over {outer} from $1.xEvent where {condition}, {part} from {Pick($"{outer}.lines", "$1.items")} where {part}.price > 0.5)";
    }

    private string Grouped(int depth, List<Reach> scope)
    {
        string source = random.Next(2) == 0 ? $"$1.xEvent[{Truth(depth, Inside(scope, Level.Event))}]" : Pick("$1.xEvent", "$1.items");
        bool areEvents = source.StartsWith("$1.xEvent", StringComparison.Ordinal);
        string groups = $"{source}.groupBy({(areEvents ? Pick("eventType", "quantity", "price", "timestamp") : Pick("sku", "quantity"))})";
        string made =
            $"{groups}.map((K, G) => mapEntry(K, {Pick("G.count()", "G.sum(quantity)", "G.price.max()", "G[quantity > 1].count()")}))";
        return random.Next(8) switch
        {
            0 => $"{groups}.count() {Operator()} {random.Next(4)}",
            1 => $"{groups}.map(this.count()).max() > {random.Next(3)}",
            2 => $"{groups}.keys().count() > 1",
            3 => $"{made}.values().exists(this > 1)",
            4 => $"{made}.keys().exists(this = {Pick("\"a\"", "\"1\"")})",
            5 => $"({made}).isNotEmpty()",
            _ => $"{made}.get({Pick("\"a\"", "\"1\"", "\"2\"", "\"b\"")}) {Operator()} {Constant()}",
        };
    }

    private string Ranked(int depth, List<Reach> scope)
    {
        string source = random.Next(3) == 0 ? $"$1.xEvent[{Truth(depth, Inside(scope, Level.Event))}]" : "$1.xEvent";
        string ranked =
            $"{source}.{Pick("topN", "bottomN")}({Pick("price", "quantity", "eventType", "timestamp")}, {Pick("1", "2", "3", "20", "0", "-1")})";
        return random.Next(5) == 0 ? $"{ranked}.topN(quantity, 2)" : ranked;
    }

    private string Strings(List<Reach> scope) =>
        random.Next(8) == 0
        ? $"{StoredStrings(scope)}.{Pick("distinct()", "intersection([\"a\", \"bb\"])", $"intersection({StoredStrings(scope)})")}"
        : StoredStrings(scope);

    private string StoredStrings(List<Reach> scope) => Reached(scope, Level.Event) is { } owner && random.Next(2) == 0
        ? owner + "lines.sku"
        : Pick("$1.tags", "$1.tags", "$1.xEvent.eventType", "$1.items.sku", "$1.labels.keys()");

    // Within an element-wise argument what was current is one step further out, and variables stay.
    private static List<Reach> Inside(List<Reach> scope, Level level)
    {
        List<Reach> inner = scope.ConvertAll(reach => reach.Prefix.Length == 0 || reach.Prefix[0] == '^' ? reach with { Prefix = "^" + reach.Prefix } : reach);
        inner.Add(new(level is Level.Text or Level.Number ? "this" : "", level));
        return inner;
    }

    private string? Reached(List<Reach> scope, Level level)
    {
        List<Reach> found = scope.FindAll(reach => reach.Level == level);
        return found.Count == 0 ? null : found[random.Next(found.Count)].Prefix;
    }

    private string Whole(int depth, List<Reach> scope)
    {
        if (depth > 0)
        {
            switch (random.Next(9))
            {
                case 7: return $"{Pick("$1.xEvent.map(quantity)", "$1.xEvent.map(eventType)", "$1.items.map(price)", Strings(scope))}.distinctCountWithNull()";
                case 8: return OverTwo(depth - 1, scope);
                case 6: return $"{Strings(scope)}{Pick("", "[this != \"a\"]")}.distinct().count()";
                case 0: return $"({Whole(depth - 1, scope)} {Pick("+", "-", "*", "%")} {Whole(depth - 1, scope)})";
                case 1: return $"{Array(depth - 1, scope, out Level level)}[{Truth(depth - 1, Inside(scope, level))}].count()";
                case 2: return $"{Array(depth - 1, scope, out _)}.{Pick("count", "countWithNull", "countOnlyNull")}()";
                case 3: return $"$1.xEvent[{Truth(depth - 1, Inside(scope, Level.Event))}].{Pick("sum", "min", "max")}(quantity)";
                case 4: return $"if({Truth(depth - 1, scope)}, {Whole(depth - 1, scope)}, {Whole(0, scope)})";
                default: return $"$1.xEvent[{Truth(depth - 1, Inside(scope, Level.Event))}].head().quantity";
            }
        }
        List<string> known = [];
        foreach (Reach reach in scope)
            known.AddRange(reach.Level switch
            {
                Level.Profile when reach.Prefix.Length == 0 => ["age", "points", "address.zip", "stats.get(\"a\").n", "-age"],
                Level.Profile => [reach.Prefix + "age", "$1.points"],
                Level.Number => [reach.Prefix],
                Level.Text => [],
                _ => [reach.Prefix + "quantity"],
            });
        return known.Count == 0 ? "$1.age" : known[random.Next(known.Count)];
    }

    private string Fraction(int depth, List<Reach> scope)
    {
        if (depth > 0 && random.Next(2) == 0)
            return Pick($"({Fraction(depth - 1, scope)} {Pick("+", "-", "*", "/")} {Whole(depth - 1, scope)})", $"$1.xEvent[{Truth(depth - 1, Inside(scope, Level.Event))}].{Pick("sum", "average", "min", "max")}(price)", $"$1.numbers.average()");
        return Reached(scope, Level.Item) is { } item && random.Next(2) == 0 ? item + "price" : Reached(scope, Level.Event) is { } one ? one + "price" : "$1.score";
    }

    private string Text(int depth, List<Reach> scope)
    {
        if (depth > 0 && random.Next(3) == 0)
            return Pick($"({Text(depth - 1, scope)} ?: {Text(0, scope)})", $"{Text(0, scope)}.lowerCase()", $"({Text(0, scope)} + \"b\")",
                $"$1.xEvent.eventType.{Pick("min", "max", "head")}()", "$1.tags.join(\"-\")", $"{Strings(scope)}.join(\"-\")");
        if (Reached(scope, Level.Text) is { } text && random.Next(2) == 0) return text;
        if (Reached(scope, Level.Item) is { } item && random.Next(2) == 0) return item + "sku";
        if (Reached(scope, Level.Event) is { } one && random.Next(3) > 0) return one + Pick("eventType", "place.city");
        return Pick("$1.name", "$1.address.city", "$1.labels.get(\"x\")", "$1.labels.y");
    }

    private string Time(List<Reach> scope) =>
        Reached(scope, Level.Event) is { } one && random.Next(3) > 0 ? one + "timestamp" : Pick("$1.joined", "$1.born", "$1.stats.get(\"b\").at", "$1.xEvent.timestamp.max()");

    private string Window(List<Reach> scope) => random.Next(6) switch
    {
        0 => $"{Pick("before", "after", "on", "")} {Reference(scope)}",
        1 => $"between {Reference(scope)} and {Reference(scope)}",
        2 => $"{Pick("this", "last", "next")} {Pick("day", "week", "month", "year", "hour")}",
        _ => $"{Operator()} {random.Next(4)} {Pick("hours", "days", "weeks", "months", "years")} {Pick("before", "after", "from")} {Reference(scope)}",
    };

    private string Reference(List<Reach> scope) => Pick("now", "today", "yesterday", "date(2031, 8, 1)", Time(scope));

    private string Chain(int depth, List<Reach> scope)
    {
        string Step(int i)
        {
            string what = $"C{i}: WHAT({Truth(depth - 1, Inside(scope, Level.Event))})";
            if (random.Next(3) == 0) what += $" WHEN({Window(scope).Replace("occurs", "", StringComparison.Ordinal)})";
            if (i > 0 && random.Next(4) == 0) what += $" WHEN({Pick("<=", "<", ">", ">=")} {random.Next(3)} days after C{i - 1})";
            return what + Pick("", "", " COUNT(2)", " COUNT(0, 1)", " COUNT(1, 2)");
        }
        string steps = string.Join(random.Next(3) == 0 ? $", GAP({Operator()} {random.Next(4) * 6} hours), " : ", ", Enumerable.Range(0, random.Next(1, 4)).Select(Step));
        return $"CHAIN(xEvent, timestamp, [{steps}])";
    }

    private string Anything(List<Reach> scope)
    {
        string prefix = Reached(scope, Level.Event) is { } one && random.Next(2) == 0 ? one + Pick("place", "lines", "timestamp") : Pick("$1.tags", "$1.address", "$1.labels", "$1.items", "$1.name", "$1.stats.get(\"a\")", "$1.xEvent[quantity > 2].head()");
        return prefix;
    }

    private string Constant() => random.Next(-1, 5).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private string Operator() => Pick("=", "!=", "<", "<=", ">", ">=");

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}
