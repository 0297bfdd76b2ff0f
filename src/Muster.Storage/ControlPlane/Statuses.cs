namespace Muster.Storage.ControlPlane;

/// <summary>The life of a batch: loading -> loaded -> staging -> success or failed; or aborted, inactive, deleted.</summary>
public static class BatchStatus
{
    /// <summary>Open: accepts files.</summary>
    public const string Loading = "loading";

    /// <summary>Closed by COMPLETE, waits for its turn.</summary>
    public const string Loaded = "loaded";

    /// <summary>Being validated and written.</summary>
    public const string Staging = "staging";

    /// <summary>Its data counts.</summary>
    public const string Success = "success";

    /// <summary>Bad data; nothing of it counts.</summary>
    public const string Failed = "failed";

    /// <summary>Given up by the caller.</summary>
    public const string Aborted = "aborted";

    /// <summary>Replaced or reverted: its data counted once and does no more.</summary>
    public const string Inactive = "inactive";
}

/// <summary>The life of segment and export jobs.</summary>
public static class JobStatus
{
    /// <summary>Accepted.</summary>
    public const string New = "NEW";

    /// <summary>Waits for another job of the sandbox.</summary>
    public const string Queued = "QUEUED";

    /// <summary>Runs.</summary>
    public const string Processing = "PROCESSING";

    /// <summary>Done; final.</summary>
    public const string Succeeded = "SUCCEEDED";

    /// <summary>Ended by an error; changed nothing; final.</summary>
    public const string Failed = "FAILED";

    /// <summary>Cancel was asked, the work is being stopped.</summary>
    public const string Cancelling = "CANCELLING";

    /// <summary>Stopped; changed nothing; final.</summary>
    public const string Cancelled = "CANCELLED";

    /// <summary>True for Succeeded, Failed and Cancelled.</summary>
    public static bool IsFinal(string status) => status is Succeeded or Failed or Cancelled;
}
