using Muster.Pql.Diagnostics;
using Muster.Pql.Formatting;
using Muster.Pql.Types;

namespace Muster.Pql.Tests.Binding;

public sealed class BinderTests
{
    [Theory]
    [InlineData("person.name = \"a\"", "Equal(profile.person.name, \"a\")")]
    [InlineData("age = \"7\"", "Equal(profile.age, 7)")]
    [InlineData("age = \"7.5\"", "Equal(profile.age, 7.5d)")]
    [InlineData("age >= 7.5", "GreaterOrEqual(profile.age, 7.5d)")]
    [InlineData("plan = 7", "Equal(profile.plan, \"7\")")]
    [InlineData("person.active = \"TRUE\"", "Equal(profile.person.active, true)")]
    [InlineData("age", "present(profile.age)")]
    [InlineData("visits", "present(profile.visits)")]
    [InlineData("visits[cost > 5]", "Some(this in profile.visits where Greater(this.cost, 5))")]
    [InlineData("visits[cost > 5].count() = 2", "Equal(Count(this in select(this#2 in profile.visits where Greater(this#2.cost, 5))), 2)")]
    [InlineData("visits.exists(cost > limit)", "Some(this in profile.visits where Greater(this.cost, profile.limit))")]
    [InlineData("visits.exists(cost > ^limit)", "Some(this in profile.visits where Greater(this.cost, profile.limit))")]
    [InlineData("readings[this > 40].count() > 1", "Greater(Count(this in select(this#2 in profile.readings where Greater(this#2, 40))), 1)")]
    [InlineData("exists V from visits where V.cost > age", "Some(V in profile.visits where Greater(V.cost, profile.age))")]
    [InlineData("forall V from visits : V.cost > 1, T from V.tags where T = \"x\"", "All(V in profile.visits where Greater(V.cost, 1), T in V.tags where Equal(T, \"x\"))")]
    [InlineData("sum V.cost over V from visits", "present(Sum(V in profile.visits => V.cost))")]
    [InlineData("(sum V.cost over V from visits) > 10", "Greater(Sum(V in profile.visits => V.cost), 10)")]
    [InlineData("visits.sum(cost) > 10", "Greater(Sum(this in profile.visits => this.cost), 10)")]
    [InlineData("plan.equals(\"a\", false)", "EqualIgnoreCase(profile.plan, \"a\")")]
    [InlineData("plan.equals(\"a\", \"b\", false)", "inIgnoreCase(profile.plan, [\"a\", \"b\"])")]
    [InlineData("plan.notEqualTo(\"a\", \"b\")", "notIn(profile.plan, [\"a\", \"b\"])")]
    [InlineData("plan in (\"a\", 4)", "in(profile.plan, [\"a\", \"4\"])")]
    [InlineData("age in [1, 2.5]", "in(profile.age:Double, [1d, 2.5d])")]
    [InlineData("age in [\"1\", \"2\"]", "in(profile.age, [1, 2])")]
    [InlineData("toys.includes(\"ball\")", "in(\"ball\", profile.toys)")]
    [InlineData("vaccines.get(\"rabies\").dose = 2", "Equal(profile.vaccines[\"rabies\"].dose, 2)")]
    [InlineData("vaccines.rabies.dose = 2", "Equal(profile.vaccines[\"rabies\"].dose, 2)")]
    [InlineData("person.get(\"name\") = \"x\"", "Equal(profile.person.name, \"x\")")]
    [InlineData("segmentMembership.get(\"ups\").get(\"s\").status in [\"realized\", \"existing\"]", "in(profile.segmentMembership[\"ups\"][\"s\"].status, [\"realized\", \"existing\"])")]
    [InlineData("xEvent.eventType = \"a\"", "Some(this in profile.xEvent where Equal(this.eventType, \"a\"))")]
    [InlineData("xEvent.cart.lines.sku = \"a\"", "Some(this in flatMap(this#2 in profile.xEvent => this#2.cart), this#3 in this.lines where Equal(this#3.sku, \"a\"))")]
    [InlineData("signup occurs <= 3 days before now", "occurs(profile.signup, LessOrEqual 3 Day Before now)")]
    [InlineData("person.birthDate occurs this month", "occurs(profile.person.birthDate:Timestamp, On Month(0))")]
    [InlineData("signup occurs between \"2031-01-02\" and date(2031, 2, 3)", "occurs(profile.signup, Between 2031-01-02 and 2031-02-03)")]
    [InlineData("plan occurs after today", "occurs(profile.plan:Timestamp, After day(0))")]
    [InlineData("let n = visits.count() in n >= 2 and n <= 6", "let n = Count(this in profile.visits) in and(GreaterOrEqual(n, 2), LessOrEqual(n, 6))")]
    [InlineData("chain(xEvent, timestamp, [A: what(eventType = \"a\") when(today), gap(<= 3 days), B: what(quantity > age) where(quantity = A.quantity) when(<= 2 hours after A) count(2)])",
        "chain(this in profile.xEvent by this.timestamp: A: Equal(A.eventType, \"a\") when On day(0); gap LessOrEqual 3 Day B: and(Greater(B.quantity, profile.age), Equal(B.quantity, A.quantity)) when LessOrEqual 2 Hour After A.timestamp 2+ times)")]
    [InlineData("visits.topN(cost, 2).count() > 0", "Greater(Count(this in topN(this#2 in profile.visits => this#2.cost, 2)), 0)")]
    [InlineData("visits.sum(visit.cost) > 1", "Greater(Sum(this in profile.visits => this.cost), 1)")]
    [InlineData("select A from visits, B from visits where A.cost = B.cost", "Some(A in profile.visits, B in profile.visits where Equal(A.cost, B.cost))")]
    [InlineData("inSegment(\"s1\") or not plan.isNull()", "or(inSegment(\"s1\"), not(isNull(profile.plan)))")]
    [InlineData("profile.age = $1.age", "Equal(profile.age, profile.age)")]
    [InlineData("signup.getMonth() = currentMonth()", "Equal(getMonth(profile.signup), currentMonth())")]
    [InlineData("signup > date(2020, 1, 1)", "Greater(profile.signup, 2020-01-01T00:00:00.000Z)")]
    [InlineData("plan.doesNotContain(\"x\", false)", "notContainsIgnoreCase(profile.plan, \"x\")")]
    [InlineData("if(age > 1, 1, 2.5) > 1", "Greater(if(Greater(profile.age, 1), 1d, 2.5d), 1)")]
    [InlineData("(plan ?: \"x\") = \"x\"", "Equal(default(profile.plan, \"x\"), \"x\")")]
    [InlineData("age * 2 + 1 / 2 > 3", "Greater(Add(Multiply(profile.age, 2):Integer, Divide(1, 2):Double):Double, 3)")]
    [InlineData("(P) => P.age > 3", "Greater(profile.age, 3)")]
    [InlineData("xEvent[cart.lines[price > ^quantity and price > ^^age]]",
        "Some(this in profile.xEvent where Some(this#2 in this.cart.lines where and(Greater(this#2.price, this.quantity), Greater(this#2.price, profile.age))))")]
    public void CompileSegment_OfDeclaredSchema_Lowers(string query, string expected)
    {
        PqlCompilation compilation = PqlCompiler.CompileSegment(query, PqlFormat.Text, SampleSchema.Declared);
        Assert.True(compilation.Succeeded, string.Join('\n', compilation.Diagnostics));
        Assert.Equal(expected, BoundPrinter.Print(compilation.Query!));
        Assert.DoesNotContain(compilation.Diagnostics, d => d.Severity == DiagnosticSeverity.Error);
    }

    [Theory]
    [InlineData("a.b = 4", "Equal(profile.a.b:Double, 4)")]
    [InlineData("a.b > c", "Greater(profile.a.b, profile.c)")]
    [InlineData("xEvent[a = \"x\"].count() > 2", "Greater(Count(this in select(this#2 in profile.xEvent where Equal(this#2.a:String, \"x\"))), 2)")]
    [InlineData("items.sum(item.cost) > 3", "Greater(Sum(this in profile.items => this.cost:Double), 3)")]
    [InlineData("a in [1, 2]", "in(profile.a:Double, [1d, 2d])")]
    [InlineData("a.startsWith(\"x\")", "StartsWith(profile.a:String, \"x\")")]
    [InlineData("a", "present(profile.a)")]
    public void CompileSegment_OfUntypedSchema_Lowers(string query, string expected)
    {
        PqlCompilation compilation = PqlCompiler.CompileSegment(query, PqlFormat.Text, ProfileSchema.Untyped);
        Assert.True(compilation.Succeeded, string.Join('\n', compilation.Diagnostics));
        Assert.Equal(expected, BoundPrinter.Print(compilation.Query!));
    }
}
