namespace Muster.Storage.Maintenance;

/// <summary>What is in a data folder, in numbers.</summary>
/// <param name="Folder">The data folder.</param>
/// <param name="ControlPlaneBytes">The size of the control plane with its log.</param>
/// <param name="Process">The server that works in it; null if none does.</param>
/// <param name="Sandboxes">The sandboxes that exist, by organisation and name.</param>
public sealed record StoreInfo(string Folder, long ControlPlaneBytes, ProcessMemory? Process, IReadOnlyList<SandboxInfo> Sandboxes);

/// <summary>The memory of a server.</summary>
/// <param name="Id">Its process.</param>
/// <param name="ResidentBytes">What is in memory and its own.</param>
/// <param name="MappedBytes">What is in memory of files that it maps: the system takes it back when it needs room.</param>
public sealed record ProcessMemory(int Id, long ResidentBytes, long MappedBytes);

/// <summary>A sandbox in numbers.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Organization">Its organisation.</param>
/// <param name="Name">Its name.</param>
/// <param name="JournalEntries">How much has happened in it.</param>
/// <param name="ManifestNumber">Its current state; 0 if nothing has happened.</param>
/// <param name="Identities">How many were ever seen.</param>
/// <param name="Views">Its profiles, a line for each way to merge them.</param>
/// <param name="Bytes">Its files by kind.</param>
/// <param name="Datasets">Its datasets, oldest first.</param>
/// <param name="SegmentDefinitions">How many there are.</param>
public sealed record SandboxInfo(
    string Id, string Organization, string Name, long JournalEntries, long ManifestNumber, long Identities, IReadOnlyList<ViewInfo> Views,
    IReadOnlyDictionary<NamedFileKind, FileTotal> Bytes, IReadOnlyList<DatasetInfo> Datasets, int SegmentDefinitions);

/// <summary>Some files.</summary>
/// <param name="Count">How many.</param>
/// <param name="Bytes">Their sizes together.</param>
public readonly record struct FileTotal(int Count, long Bytes);

/// <summary>The profiles of one merge method.</summary>
/// <param name="Method">The method.</param>
/// <param name="Profiles">How many there are.</param>
/// <param name="Runs">Its runs, oldest first.</param>
public sealed record ViewInfo(string Method, long Profiles, IReadOnlyList<RunInfo> Runs);

/// <summary>A run.</summary>
/// <param name="File">Relative to the sandbox folder.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Profiles">Those in it, replaced ones included.</param>
/// <param name="Events">Those in it, likewise.</param>
/// <param name="Tombstones">The profiles of older runs that it replaces or ends.</param>
public sealed record RunInfo(string File, long Bytes, long Profiles, long Events, long Tombstones);

/// <summary>A dataset in numbers.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Behavior"><c>record</c>, <c>time-series</c>, or null if nothing has decided.</param>
/// <param name="Batches">Those whose data counts.</param>
/// <param name="Records">Their records.</param>
/// <param name="FailedRecords">Records that did not land.</param>
/// <param name="Bytes">The size of its lake files.</param>
public sealed record DatasetInfo(string Id, string Name, string? Behavior, int Batches, long Records, long FailedRecords, long Bytes);
