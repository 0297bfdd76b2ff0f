using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Muster.Storage.ControlPlane;

/// <summary>Lets <c>dotnet ef migrations add</c> make the model without a data folder.</summary>
internal sealed class ControlPlaneDesign : IDesignTimeDbContextFactory<ControlPlaneContext>
{
    public ControlPlaneContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<ControlPlaneContext>().UseSqlite("Data Source=design.db").Options);
}
