using Muster.Storage.Files;

namespace Muster.Server;

/// <summary>How a server runs. Defaults suit one machine; every fault is reported at start, all together.</summary>
public sealed class ServerOptions
{
    /// <summary>Where everything is kept; made when it is not there.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The addresses to listen on, and no others.</summary>
    /// <value>Default: <c>http://127.0.0.1:8080</c>; port 0 takes a free one.</value>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:8080"];

    /// <summary>The organisation of this data folder.</summary>
    /// <value>Default: <c>MUSTER@AdobeOrg</c>.</value>
    public string Organization { get; init; } = "MUSTER@AdobeOrg";

    /// <summary>The client that may log in; null: the stored one, generated at the first start.</summary>
    public string? ClientId { get; init; }

    /// <summary>Its secret; null: the stored one, generated at the first start and shown once.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>Largest uploaded file, in bytes.</summary>
    /// <value>Default: 512 MB.</value>
    public long MaxUploadBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Largest JSON body, in bytes.</summary>
    /// <value>Default: 10 MB.</value>
    public int MaxJsonBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Deepest nesting of a JSON body.</summary>
    /// <value>Default: 64.</value>
    public int MaxJsonDepth { get; init; } = 64;

    /// <summary>How long a token is good.</summary>
    /// <value>Default: 24 hours.</value>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// True to leave profiles with more than 5,000 events out of all audiences and to count them in the metrics of jobs; false to evaluate them.
    /// </summary>
    /// <value>Default: false.</value>
    public bool ExcludesOversizedProfiles { get; init; }

    /// <summary>Told what the store does to make things last; for tests of outages.</summary>
    /// <value>Default: nobody.</value>
    public StoreSteps Steps { get; init; } = StoreSteps.None;

    /// <summary>All that is wrong, each with the name of the option; empty if nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(DataFolder)) faults.Add($"{nameof(DataFolder)}: a folder is needed.");
        else if (File.Exists(DataFolder)) faults.Add($"{nameof(DataFolder)}: '{DataFolder}' is a file.");
        if (Urls.Count == 0) faults.Add($"{nameof(Urls)}: at least one address is needed.");
        foreach (string url in Urls)
            if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) || parsed.Scheme is not ("http" or "https"))
                faults.Add($"{nameof(Urls)}: '{url}' is not an http or https address.");
        string[] parts = Organization.Split('@');
        if (parts.Length != 2 || parts.Any(string.IsNullOrWhiteSpace)) faults.Add($"{nameof(Organization)}: '{Organization}' is not of the form NAME@AdobeOrg.");
        if (ClientId is { } client && string.IsNullOrWhiteSpace(client)) faults.Add($"{nameof(ClientId)}: must not be blank.");
        if (ClientSecret is { Length: < 8 }) faults.Add($"{nameof(ClientSecret)}: at least 8 characters are needed.");
        if (MaxUploadBytes < 1) faults.Add($"{nameof(MaxUploadBytes)}: must be positive.");
        if (MaxJsonBytes < 1) faults.Add($"{nameof(MaxJsonBytes)}: must be positive.");
        if (MaxJsonDepth is < 1 or > 1000) faults.Add($"{nameof(MaxJsonDepth)}: must be 1 to 1000.");
        if (TokenLifetime < TimeSpan.FromMinutes(1)) faults.Add($"{nameof(TokenLifetime)}: must be at least a minute.");
        return faults;
    }
}
