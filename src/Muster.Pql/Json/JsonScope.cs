namespace Muster.Pql.Json;

/// <summary>
/// What names mean while going through a tree: the variables in scope and how many current items are around. The JSON form says for each
/// name whether it is a variable or a field, the text form does not.
/// </summary>
internal sealed class JsonScope
{
    private readonly List<string> _variables = [];

    /// <summary>0 where the current item is the profile.</summary>
    public int ItemDepth { get; private set; }

    public bool IsVariable(string name) => _variables.Contains(name);

    public void Declare(string name) => _variables.Add(name);

    /// <summary>Does something with an item more around it.</summary>
    public T WithItem<T>(Func<T> inside)
    {
        ItemDepth++;
        T result = Within(inside);
        ItemDepth--;
        return result;
    }

    /// <summary>Does something and forgets the variables that it declared.</summary>
    public T Within<T>(Func<T> inside)
    {
        int count = _variables.Count;
        T result = inside();
        _variables.RemoveRange(count, _variables.Count - count);
        return result;
    }
}
