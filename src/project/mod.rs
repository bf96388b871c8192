//! The project folder: shtat.yaml, rules/, journal/, .shtat/.
