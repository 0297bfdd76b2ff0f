namespace Muster.Storage.Schemas;

/// <summary>Which names a column can have.</summary>
internal static class FieldNames
{
    /// <summary>
    /// False for names that no column can have: empty ones, over 1,024 characters, with control characters. Names that differ only in case
    /// cannot be siblings either, because the columns of files ignore case.
    /// </summary>
    public static bool IsUsable(string name) => name.Length is > 0 and <= 1024 && !name.Any(char.IsControl);
}
