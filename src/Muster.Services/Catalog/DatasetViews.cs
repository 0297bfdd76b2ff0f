using System.Security.Cryptography;
using System.Text;

namespace Muster.Services.Catalog;

/// <summary>Every dataset has one view, whose id follows from the dataset's.</summary>
public static class DatasetViews
{
    /// <summary>24 hexadecimal digits.</summary>
    public static string IdOf(string datasetId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(datasetId)).AsSpan(0, 12));
}
