namespace Muster.Pql.Types;

/// <summary>The kinds of PQL types. XDM's many number and string types map onto few of these.</summary>
public enum TypeKind
{
    /// <summary>Nothing is known about the value: no schema, or a field that no schema names. Every use binds.</summary>
    Unknown,

    /// <summary>The type of the literal <c>null</c>.</summary>
    Null,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>64-bit integer (XDM byte, short, int, long).</summary>
    Integer,

    /// <summary>64-bit binary floating point.</summary>
    Double,

    /// <summary>Text (XDM string, uri, enum, uuid).</summary>
    String,

    /// <summary>An instant, in milliseconds since the Unix epoch, UTC.</summary>
    Timestamp,

    /// <summary>A whole UTC day; the value is the number of days since the Unix epoch.</summary>
    Date,

    /// <summary>An object with named fields. An object without any value in it is absent (null).</summary>
    Object,

    /// <summary>An ordered list. A stored empty list is absent (null).</summary>
    Array,

    /// <summary>String keys to values of one type.</summary>
    Map,

    /// <summary>One row of a <c>select</c> with several variables.</summary>
    Tuple,
}
